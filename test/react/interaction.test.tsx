import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { StrictMode, useState } from 'react'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { PairingError, type PairingEvent, type PairingMethod, WhatsAppPairing } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import {
  changingProvider,
  codeRequests,
  hang,
  linked,
  pairingCode,
  rotatingProvider,
  showPairing,
} from './show-pairing.js'
import { askForCode, heading, openTab, part, press, shownCode } from './user.js'

emulateTime()

describe('onLinked', () => {
  it('is called once with two copies under StrictMode and a remount', async () => {
    const onLinked = vi.fn()
    const one = changingProvider(qr('a'))
    const queryClient = new QueryClient()
    const element = (key: string) => (
      <StrictMode key={key}>
        <WhatsAppPairing provider={one.provider} queryClient={queryClient} onLinked={onLinked} />
        <WhatsAppPairing provider={one.provider} queryClient={queryClient} onLinked={onLinked} />
      </StrictMode>
    )
    const { rerender } = render(element('first'))
    await advance(2_000)
    one.now = linked
    await advance(4_000)
    rerender(element('second'))
    await advance(60_000)
    expect(shownStatus()).toBe('linked')
    expect(onLinked).toHaveBeenCalledTimes(1)
  })

  it('is final: a QR code that arrives late does not replace the link', async () => {
    const one = scriptedProvider({ getQrCode: () => qr('late'), getStatus: () => linked })
    showPairing(one)
    await advance(64_000)
    expect(shownStatus()).toBe('linked')
    // The status is polled every fifteen seconds for three minutes, because some links end soon.
    expect(one.calls.slice(2)).toEqual(Array(4).fill('getStatus'))
  })
})

it('a code stays on screen after the scan if the provider does not report linking', async () => {
  // This is longer than the time until the next poll of the status.
  const setup = createSetup('wasend', { linkingMs: 6_000 })
  setup.show()
  await advance(3_000)
  const seen = new Set<string>()
  await doing(() => void setup.emulator.scan())
  await advance(15_000, () => void seen.add(shownStatus() ?? ''))
  expect([...seen]).toEqual(['awaiting-scan', 'linked'])
})

it('autoStart={false} sends no request before the user presses Start', async () => {
  const { provider, calls } = changingProvider(qr('a'))
  showPairing(provider, { autoStart: false })
  await advance(10_000)
  expect(calls).toHaveLength(0)
  expect(shownStatus()).toBe('idle')
  await press('Show code')
  expect(shownStatus()).toBe('awaiting-scan')
})

describe('a submitted phone number', () => {
  it('can be corrected after the provider has refused it', async () => {
    let isRefused = true
    const { provider } = changingProvider(qr('a'), {
      requestPairingCode: () => {
        if (isRefused) throw new PairingError('code-refused', 'No code.')
        return pairingCode
      },
    })
    showPairing(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(shownStatus()).toBe('awaiting-number')
    expect(part('error')?.textContent).toContain('Check the number')
    isRefused = false
    await press('Get code')
    expect(shownStatus()).toBe('awaiting-code')
    await press('Change')
    expect(shownStatus()).toBe('awaiting-number')
    expect(screen.getByDisplayValue(/98765.4321$/)).toBeTruthy()
  })

  it('gets another code on Retry after the first one expired, and no request before that', async () => {
    const { provider, calls } = changingProvider(qr('a'))
    showPairing(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(shownCode()).toBe('ABCD-1234')
    expect(part('countdown')?.style.getPropertyValue('--whatsapp-pairing-lifetime')).toBe('160000ms')
    await advance(160_500)
    expect(shownStatus()).toBe('expired')
    const { length } = calls
    await advance(600_000)
    expect(calls).toHaveLength(length)
    await press('Retry')
    expect(shownStatus()).toBe('awaiting-code')
    expect(codeRequests(provider)).toBe(2)
  })

  it('shows an error after a request without a response, and can be sent again', async () => {
    const { provider } = changingProvider(qr('a'), { requestPairingCode: hang })
    showPairing(provider, { defaultMethod: 'phone-code' })
    await settle()
    await askForCode()
    expect(screen.getByRole('button', { name: 'Getting your code…' })).toBeTruthy()
    await advance(61_000)
    expect(part('error')?.textContent).toContain('Try again')
    expect(screen.getByRole('button', { name: 'Get code' }).getAttribute('aria-disabled')).toBe('false')
  })
})

describe('the method', () => {
  it('can be controlled by the app', async () => {
    const onMethodChange = vi.fn()
    const { provider } = changingProvider(qr('a'))
    const queryClient = new QueryClient()
    function Host() {
      const [method, setMethod] = useState<PairingMethod>('qr')
      return (
        <>
          <button type="button" onClick={() => setMethod('phone-code')}>
            Host
          </button>
          <WhatsAppPairing {...{ provider, queryClient, method, onMethodChange }} />
        </>
      )
    }
    render(<Host />)
    await advance(1_000)
    await openTab('Phone number')
    expect(onMethodChange).toHaveBeenCalledWith('phone-code')
    expect(shownStatus()).toBe('awaiting-scan')
    await press('Host')
    expect(shownStatus()).toBe('awaiting-number')
  })

  it('changes with the arrow keys, and the focus follows', async () => {
    showPairing(changingProvider(qr('a')).provider)
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

  it('does not report the same link, failure or step again when it changes', async () => {
    const ends: string[] = []
    const steps: string[] = []
    const callbacks = {
      onLinked: () => void ends.push('linked'),
      onError: () => void ends.push('error'),
      onEvent: ({ type }: PairingEvent) => void steps.push(type),
    }
    const queryClient = new QueryClient()
    const refusal = new PairingError('subscription-expired', 'No.')
    for (const { provider } of [
      changingProvider(linked, { sessionId: 'linked' }),
      changingProvider(refusal, { sessionId: 'refused' }),
    ]) {
      const element = (method: PairingMethod) => (
        <WhatsAppPairing {...{ provider, queryClient, method }} {...callbacks} />
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

describe('the component outside the document of the app', () => {
  type Tree = Document | ShadowRoot

  function host<Name extends 'div' | 'iframe'>(name: Name): HTMLElementTagNameMap[Name] {
    const element = document.createElement(name)
    document.body.append(element)
    onTestFinished(() => element.remove())
    return element
  }

  const shadowRoot = (): ShadowRoot => host('div').attachShadow({ mode: 'open' })

  function frame(): Document {
    const { contentDocument } = host('iframe')
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
    render(
      <WhatsAppPairing provider={changingProvider(qr('a')).provider} queryClient={new QueryClient()} />,
      { container },
    )
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

it('the focus moves from Retry to the panel when Retry disappears, and is not moved otherwise', async () => {
  showPairing(rotatingProvider(), { maxRefreshes: 1 })
  await advance(61_000)
  const retry = screen.getByRole('button', { name: 'Retry' })
  expect(document.activeElement).toBe(document.body)
  retry.focus()
  fireEvent.click(retry)
  await advance(30_000)
  expect(document.activeElement).toBe(part('panel'))
})

it('a picture that the browser cannot show is removed from the screen, and three of them end in a failure', async () => {
  // Without a server, the browser draws the picture unchanged.
  const src = `data:image/png;base64,iVBORw0KGgoAAAAN${'A'.repeat(200)}`
  showPairing(scriptedProvider({ getQrCode: () => ({ status: 'qr', qrCode: { kind: 'image', src } }) }))
  await advance(2_000)
  fireEvent.error(screen.getByRole('img'))
  await settle()
  expect(shownStatus()).toBe('preparing')
  await advance(60_000, () => {
    const picture = document.querySelector('[data-part="qr-code"] img')
    if (picture) fireEvent.error(picture)
  })
  expect(part('error-code')?.dataset.code).toBe('invalid-answer')
})

it('messages of the app replace single texts, including those of errors', async () => {
  const refusal = new PairingError('subscription-expired', 'No.')
  const own = { title: 'Ask Ana', advice: 'She knows the key.' }
  showPairing(changingProvider(refusal).provider, {
    messages: { tryAgain: 'Once more', errors: { 'subscription-expired': own } },
  })
  await advance(1_000)
  expect(heading()).toBe('Ask Ana')
  expect(screen.getByRole('button', { name: 'Once more' })).toBeTruthy()
})
