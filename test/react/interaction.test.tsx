import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { StrictMode, useState } from 'react'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingEvent,
  type PairingMethod,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'

beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

const code: PairingSnapshot = { status: 'pairing-code', pairingCode: 'ABCD1234' }
const provider = (requestPairingCode = () => code as PairingSnapshot | Promise<PairingSnapshot>) =>
  scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode })
const asked = (one: ReturnType<typeof scriptedProvider>, question: string) =>
  one.calls.filter((call) => call.question === question).length

function show(props: Partial<WhatsAppPairingProps> = {}) {
  return render(<WhatsAppPairing provider={provider()} queryClient={new QueryClient()} {...props} />)
}

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Phone number' })
const type = (value: string) => fireEvent.change(field(), { target: { value } })
const click = async (name: string) => {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}
const openTab = async (name: string) => {
  fireEvent.click(screen.getByRole('tab', { name }))
  await settle()
}

describe('onLinked', () => {
  it.each([
    ['under StrictMode', (element: JSX) => <StrictMode>{element}</StrictMode>],
    [
      'with two mounted copies',
      (element: JSX) => (
        <>
          {element}
          {element}
        </>
      ),
    ],
  ])('is called once %s', async (_, wrap) => {
    const setup = createSetup('green-api')
    const onLinked = vi.fn()
    render(wrap(setup.element({ onLinked })))
    await advance(2_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(onLinked).toHaveBeenCalledTimes(1)
  })

  it('is not called again after a remount', async () => {
    const setup = createSetup('green-api')
    const onLinked = vi.fn()
    const { unmount } = setup.show({ onLinked })
    await advance(2_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    unmount()
    setup.show({ onLinked })
    await advance(5_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked).toHaveBeenCalledTimes(1)
  })

  it('is final: a QR code that arrives late does not replace the link', async () => {
    let snapshot: PairingSnapshot = qr('a')
    const one = scriptedProvider({
      getQrCode: () => snapshot,
      getStatus: () => ({ status: 'linked', account: {} }),
    })
    show({ provider: one })
    await advance(4_000)
    snapshot = qr('b')
    await advance(60_000)
    expect(shownStatus()).toBe('linked')
    // The status is polled every fifteen seconds for three minutes, because some links end soon.
    expect(one.calls.slice(2).map(({ question }) => question)).toEqual(Array(4).fill('status'))
  })
})

describe('a page after the scan', () => {
  it('keeps the code if the provider does not report linking, and never shows a failure', async () => {
    // This is longer than the time until the next poll of the status.
    const setup = createSetup('wasend', { linkingMs: 6_000 })
    setup.show()
    await advance(3_000)
    const seen = new Set<string>()
    await doing(() => void setup.emulator.scan())
    await advance(15_000, () => void seen.add(shownStatus() ?? ''))
    expect([...seen]).toEqual(['awaiting-scan', 'linked'])
  })
})

describe('autoStart', () => {
  it('set to false sends no request before the user presses Start', async () => {
    const one = provider()
    show({ provider: one, autoStart: false })
    await advance(10_000)
    expect(one.calls).toHaveLength(0)
    expect(shownStatus()).toBe('idle')
    await click('Show code')
    expect(shownStatus()).toBe('awaiting-scan')
  })
})

describe('the phone number', () => {
  it('survives a change of tabs, which stops the requests for QR codes', async () => {
    const one = provider()
    show({ provider: one })
    await advance(1_000)
    await openTab('Phone number')
    type('+55 11')
    const before = asked(one, 'qr-code')
    await advance(10_000)
    expect(asked(one, 'qr-code')).toBe(before)
    await openTab('QR code')
    await openTab('Phone number')
    expect(field().value).toBe('+55 11')
  })

  it('is sent once, even if the user submits it several times', async () => {
    const one = provider(() => new Promise((resolve) => setTimeout(() => resolve(code), 2_000)))
    show({ provider: one, defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await settle()
    const form = field().form
    if (!form) throw new Error('The field stands outside its form.')
    for (let index = 0; index < 5; index++) fireEvent.submit(form)
    await advance(5_000)
    expect(asked(one, 'pairing-code')).toBe(1)
    expect(shownStatus()).toBe('awaiting-code')
  })

  it('is not sent if it is invalid, and the error is shown at the field', async () => {
    const one = provider()
    show({ provider: one, defaultMethod: 'phone-code' })
    type('011 98765')
    await click('Get code')
    expect(document.querySelector('[data-part="error"]')?.textContent).toMatch(/^Too short/)
    expect(field().getAttribute('aria-invalid')).toBe('true')
    expect(asked(one, 'pairing-code')).toBe(0)
  })

  it('can be corrected after the provider has refused it', async () => {
    let refuse = true
    const one = provider(() => {
      if (refuse) throw new PairingError('code-refused', 'No code.')
      return code
    })
    show({ provider: one, defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await click('Get code')
    expect(shownStatus()).toBe('awaiting-number')
    expect(document.querySelector('[data-part="error"]')?.textContent).toContain('Check the number')
    refuse = false
    await click('Get code')
    expect(shownStatus()).toBe('awaiting-code')
    await click('Change')
    expect(shownStatus()).toBe('awaiting-number')
    expect(field().value).toBe('+55 11 98765-4321')
  })

  it('gets another code on Retry after the first one expired', async () => {
    const one = provider()
    show({ provider: one, defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
    await click('Get code')
    expect(document.querySelector('[data-part="pairing-code"]')?.textContent).toBe('ABCD-1234')
    await advance(160_500)
    expect(shownStatus()).toBe('expired')
    const before = one.calls.length
    await advance(600_000)
    expect(one.calls.length).toBe(before)
    await click('Retry')
    expect(shownStatus()).toBe('awaiting-code')
    expect(asked(one, 'pairing-code')).toBe(2)
  })
})

describe('the method', () => {
  it('can be controlled by the app', async () => {
    const asking = vi.fn()
    function Host() {
      const [method, setMethod] = useState<PairingMethod>('qr')
      return (
        <>
          <button type="button" onClick={() => setMethod('phone-code')}>
            Host
          </button>
          <WhatsAppPairing provider={one} queryClient={client} method={method} onMethodChange={asking} />
        </>
      )
    }
    const one = provider()
    const client = new QueryClient()
    render(<Host />)
    await advance(1_000)
    await openTab('Phone number')
    await settle()
    expect(asking).toHaveBeenCalledWith('phone-code')
    expect(shownStatus()).toBe('awaiting-scan')
    await click('Host')
    expect(shownStatus()).toBe('awaiting-number')
  })

  it('changes with the arrow keys, and the focus follows', async () => {
    show()
    await advance(1_000)
    screen.getByRole('tab', { name: 'QR code' }).focus()
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'ArrowRight' })
    await settle()
    expect(document.activeElement).toBe(screen.getByRole('tab', { name: 'Phone number' }))
    expect(shownStatus()).toBe('awaiting-number')
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Home' })
    await settle()
    expect(document.activeElement).toBe(screen.getByRole('tab', { name: 'QR code' }))
  })
})

describe('the focus', () => {
  it('moves from Retry to the panel when Retry disappears, and is not moved otherwise', async () => {
    const one = scriptedProvider({ getQrCode: () => qr(Math.floor(Date.now() / 20_000)) })
    show({ provider: one, maxRefreshes: 1 })
    await advance(61_000)
    const retry = screen.getByRole('button', { name: 'Retry' })
    expect(document.activeElement).toBe(document.body)
    retry.focus()
    fireEvent.click(retry)
    await advance(30_000)
    expect((document.activeElement as HTMLElement | null)?.dataset.part).toBe('panel')
  })
})

describe('onEvent', () => {
  it('reports each step once, without a code or number', async () => {
    const setup = createSetup('green-api', { linkingMs: 6_000 })
    const events: PairingEvent[] = []
    setup.show({ onEvent: (event) => events.push(event) })
    await advance(65_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    const { attemptId = '' } = events[0] ?? {}
    expect(attemptId).toMatch(/^\w+-1$/)
    const common = { attemptId, method: 'qr', provider: 'green-api', elapsedMs: expect.any(Number) }
    expect(events).toEqual([
      // The page does not know the provider before the first response.
      { ...common, type: 'started', provider: 'proxy', elapsedMs: 0 },
      { ...common, type: 'shown', number: 1 },
      { ...common, type: 'refreshed', number: 2 },
      { ...common, type: 'linked' },
    ])
    const elapsed = events.map(({ elapsedMs }) => elapsedMs)
    expect(elapsed).toEqual(elapsed.toSorted((a, b) => a - b))
  })
})

describe('a broken image', () => {
  it('is removed from the screen', async () => {
    // Without a server, the browser draws the picture unchanged.
    const src = `data:image/png;base64,iVBORw0KGgoAAAAN${'A'.repeat(200)}`
    show({
      provider: scriptedProvider({ getQrCode: () => ({ status: 'qr', qrCode: { kind: 'image', src } }) }),
    })
    await advance(2_000)
    fireEvent.error(screen.getByRole('img'))
    await settle()
    expect(shownStatus()).toBe('preparing')
  })
})

describe('two mounted copies', () => {
  it('report each step once', async () => {
    const setup = createSetup('green-api')
    const events: PairingEvent[] = []
    const copy = () => setup.element({ onEvent: (event) => events.push(event) })
    render(
      <>
        {copy()}
        {copy()}
      </>,
    )
    await advance(65_000)
    expect(events.map(({ type, number }) => [type, number])).toEqual([
      ['started', undefined],
      ['shown', 1],
      ['refreshed', 2],
    ])
  })
})

describe('messages', () => {
  it('of the app replace single texts, including those of errors', async () => {
    const refusing = scriptedProvider({
      getQrCode: () => Promise.reject(new PairingError('subscription-expired', 'No.')),
    })
    const own = { title: 'Ask Ana', advice: 'She knows the key.' }
    show({ provider: refusing, messages: { tryAgain: 'Once more', errors: { 'subscription-expired': own } } })
    await settle()
    await settle()
    expect(screen.getByRole('heading').textContent).toBe('Ask Ana')
    expect(screen.getByRole('button', { name: 'Once more' })).toBeTruthy()
  })
})

describe('a change of the method', () => {
  it('does not report the same link, failure or step again', async () => {
    const ends: string[] = []
    const steps: string[] = []
    const callbacks = {
      onLinked: () => void ends.push('linked'),
      onError: () => void ends.push('error'),
      onEvent: ({ type }: PairingEvent) => void steps.push(type),
    }
    const queryClient = new QueryClient()
    const linked = scriptedProvider({ getQrCode: () => ({ status: 'linked', account: {} }) }, 'linked')
    const refused = scriptedProvider(
      {
        getQrCode: () => Promise.reject(new PairingError('subscription-expired', 'No.')),
        requestPairingCode: () => code,
      },
      'refused',
    )
    for (const one of [linked, refused]) {
      const element = (method: PairingMethod) => (
        <WhatsAppPairing provider={one} queryClient={queryClient} method={method} {...callbacks} />
      )
      const { rerender, unmount } = render(element('qr'))
      await advance(1_000)
      rerender(element('phone-code'))
      await advance(1_000)
      unmount()
    }
    expect(ends).toEqual(['linked', 'error'])
    expect(steps).toEqual(['started', 'linked', 'started', 'failed', 'method-chosen'])
  })
})

type JSX = ReturnType<typeof WhatsAppPairing>

describe('the component outside the document of the app', () => {
  type Tree = Document | ShadowRoot

  function shadowRoot(): ShadowRoot {
    return document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'open' })
  }

  function frame(): Document {
    const { contentDocument } = document.body.appendChild(document.createElement('iframe'))
    if (!contentDocument) throw new Error('The iframe has no document.')
    return contentDocument
  }

  it.each<readonly [string, () => Tree]>([
    ['a shadow root', shadowRoot],
    ['an iframe', frame],
  ])('keeps the focus, and closes the country list with Escape: in %s', async (_, create) => {
    const tree = create()
    const container = document.createElement('div')
    ;('body' in tree ? tree.body : tree).append(container)
    render(<WhatsAppPairing provider={provider()} queryClient={new QueryClient()} />, { container })
    await settle()
    const find = (part: string): HTMLElement => {
      const element = tree.querySelector<HTMLElement>(`[data-part="${part}"]`)
      if (!element) throw new Error(`There is no ${part}.`)
      return element
    }
    find('method-tab').focus()
    fireEvent.keyDown(find('method-tab'), { key: 'ArrowRight' })
    await settle()
    expect(tree.activeElement?.textContent).toBe('Phone number')

    await advance(1_000)
    fireEvent.keyDown(find('country-input'), { key: 'ArrowDown' })
    await settle()
    expect(tree.querySelector('[data-part="country-option"]')).not.toBeNull()
    fireEvent.keyDown(find('country-input'), { key: 'Escape', composed: true })
    await settle()
    expect(tree.querySelector('[data-part="country-option"]')).toBeNull()

    fireEvent.change(find('phone-input'), { target: { value: '+5511987654321' } })
    const button = find('submit-button')
    button.focus()
    fireEvent.click(button)
    await settle()
    expect(tree.activeElement).toBe(find('panel'))
  })
})
