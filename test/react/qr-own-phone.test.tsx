import { QueryClient } from '@tanstack/react-query'
import { act, render, screen } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { normalizeQrPayload, WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { type SpyProvider, scriptedProvider, timing } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { changingProvider } from './show-pairing.js'
import { heading, openTab, part } from './user.js'

emulateTime()
afterEach(() => {
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'userAgentData')
  document.body.innerHTML = ''
})

interface Device {
  readonly pointer: 'coarse' | 'fine'
  /** Only some browsers report this value. */
  readonly mobile?: boolean
  readonly screen: readonly [width: number, height: number]
}

const laptop: Device = { pointer: 'fine', mobile: false, screen: [1440, 900] }
const androidPhone: Device = { pointer: 'coarse', mobile: true, screen: [412, 915] }

const devices: readonly (readonly [string, Device, boolean])[] = [
  ['an Android phone', androidPhone, true],
  ['an iPhone', { pointer: 'coarse', screen: [393, 852] }, true],
  ['an iPhone held sideways', { pointer: 'coarse', screen: [852, 393] }, true],
  ['an iPad', { pointer: 'coarse', screen: [820, 1180] }, false],
  ['an Android tablet', { pointer: 'coarse', mobile: false, screen: [600, 960] }, false],
  ['a laptop', laptop, false],
  ['a small window of a computer', { pointer: 'fine', screen: [500, 400] }, false],
]

function use({ pointer, mobile, screen: [width, height] }: Device): void {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: query === `(pointer: ${pointer})` }))
  vi.stubGlobal('screen', { width, height })
  if (mobile !== undefined)
    Object.defineProperty(navigator, 'userAgentData', { configurable: true, value: { mobile } })
}

const LINK = 'https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1'
const linked = (text = LINK): PairingSnapshot => ({ status: 'qr', qrCode: { kind: 'text', value: text } })

const withBoth = (getQrCode: () => PairingSnapshot = linked) =>
  scriptedProvider({ getQrCode, requestPairingCode: () => ({ status: 'preparing' }) }, crypto.randomUUID())

const element = (provider: SpyProvider, props: Partial<WhatsAppPairingProps> = {}) => (
  <WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />
)

const tabs = () => screen.getAllByRole('tab').map(({ textContent }) => textContent)
const reason = () => screen.queryByText(/A phone can’t scan its own screen/)
const link = () => screen.queryByRole<HTMLAnchorElement>('link', { name: 'Open in WhatsApp on this phone' })

describe('the first method', () => {
  it.each(devices)(
    'is the phone number on a phone, and otherwise the QR code: %s',
    async (_, device, isPhone) => {
      use(device)
      const provider = withBoth()
      render(element(provider))
      await advance(1_000)
      expect(shownStatus()).toBe(isPhone ? 'awaiting-number' : 'awaiting-scan')
      expect(tabs()).toEqual(isPhone ? ['Phone number', 'QR code'] : ['QR code', 'Phone number'])
      expect(reason() !== null).toBe(isPhone)
      expect(provider.calls.includes('getQrCode')).toBe(!isPhone)
    },
  )

  it.each([
    ['defaultMethod', { defaultMethod: 'qr' }],
    ['method', { method: 'qr' }],
  ] as const)('is the QR code even on a phone if the app sets %s', async (_, props) => {
    use(androidPhone)
    render(element(withBoth(), props))
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(tabs()).toEqual(['QR code', 'Phone number'])
  })

  it('is the QR code if the first response lists no other method', async () => {
    use(androidPhone)
    const answers = {
      getQrCode: (): PairingSnapshot => ({ ...linked(), methods: ['qr'] }),
      getStatus: (): PairingSnapshot => ({ status: 'unlinked', methods: ['qr'] }),
    }
    // Behind a proxy the page knows the methods only after the first response.
    render(element(Object.assign(scriptedProvider(answers, 'told'), { methods: [] })))
    await advance(timing.statusIntervalMs)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.queryByRole('tab')).toBeNull()
  })

  it("is the user's choice after there was a choice", async () => {
    use(androidPhone)
    const provider = withBoth()
    const queryClient = new QueryClient()
    const { unmount } = render(element(provider, { queryClient }))
    await advance(1_000)
    await openTab('QR code')
    unmount()
    render(element(provider, { queryClient }))
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('a page that a server rendered', () => {
  it('changes to the phone number without a request for a QR code and without a warning', async () => {
    const provider = withBoth()
    // A server has no `matchMedia`, so it cannot detect a phone.
    const html = renderToString(element(provider))
    expect(html).toContain('data-method="qr"')
    use(androidPhone)
    const container = document.body.appendChild(document.createElement('div'))
    container.innerHTML = html
    const root = await act(async () => hydrateRoot(container, element(provider)))
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-number')
    expect(heading()).toBe('Link your WhatsApp')
    expect(provider.calls).not.toContain('getQrCode')
    await act(async () => root.unmount())
  })
})

describe('the link that opens WhatsApp on this phone', () => {
  const onQrTab = { defaultMethod: 'qr' } as const

  it('contains the newest code, sends no referrer, and is removed with the code', async () => {
    use(androidPhone)
    const one = changingProvider(linked())
    render(element(one.provider, onQrTab))
    await advance(1_000)
    expect(link()?.getAttribute('href')).toBe(LINK)
    expect([link()?.rel, link()?.target]).toEqual(['noreferrer', '_blank'])
    one.now = linked(`${LINK}second`)
    await advance(6_000)
    expect(link()?.getAttribute('href')).toBe(`${LINK}second`)
    one.now = { status: 'linking' }
    await advance(10_000)
    expect(shownStatus()).toBe('linking')
    expect(document.body.innerHTML).not.toContain('wa.me')
  })

  it('keeps the focus without an address until the next code comes', async () => {
    use(androidPhone)
    const startedAt = Date.now()
    const provider = withBoth(() => {
      const [number, age] = [Math.floor((Date.now() - startedAt) / 20_000), (Date.now() - startedAt) % 20_000]
      return { ...linked(`${LINK}${number}`), expiresInMs: 20_000 - age }
    })
    const { getQrCode } = provider
    const distant = Object.assign(provider, {
      getQrCode: async (...options: Parameters<typeof getQrCode>) => {
        await new Promise((resolve) => setTimeout(resolve, 400))
        return getQrCode(...options)
      },
    })
    render(element(distant, onQrTab))
    await advance(1_000)
    link()?.focus()
    const seen = new Map<string | null | undefined, boolean>()
    await advance(40_000, () => {
      expect(document.activeElement).toBe(link())
      seen.set(shownStatus(), link()?.hasAttribute('href') ?? false)
    })
    expect(seen).toEqual(
      new Map([
        ['awaiting-scan', true],
        ['preparing', false],
      ]),
    )
  })

  it('is removed and passes the focus to the panel if no code follows', async () => {
    use(androidPhone)
    render(element(withBoth(), { ...onQrTab, maxRefreshes: 1 }))
    await advance(1_000)
    link()?.focus()
    await advance(58_000)
    expect(link()).not.toBeNull()
    await advance(3_000)
    expect(shownStatus()).toBe('expired')
    expect(link()).toBeNull()
    expect(document.activeElement).toBe(part('panel'))
  })

  it.each<[string, Device, string, boolean?]>([
    ['if the app turns it off', androidPhone, LINK, false],
    ['on a computer', laptop, LINK],
    ['for a code of the old form', androidPhone, '2@ref,noise,identity,adv'],
    ['for a picture that was not decoded', androidPhone, 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=='],
  ])('is not shown %s', async (_, device, sent, samePhoneLink) => {
    use(device)
    const provider = withBoth(() => ({ status: 'qr', qrCode: normalizeQrPayload(sent) }))
    render(element(provider, { ...onQrTab, samePhoneLink }))
    await advance(1_000)
    expect(part('qr-code')).not.toBeNull()
    expect(link()).toBeNull()
  })

  it('appears when the user changes to the QR code', async () => {
    use(androidPhone)
    render(element(withBoth()))
    await advance(1_000)
    expect(link()).toBeNull()
    await openTab('QR code')
    await settle()
    await advance(500)
    expect(link()?.getAttribute('href')).toBe(LINK)
  })
})
