import { screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PasskeyAssertion, SignPasskey, WhatsAppPairingProps } from '../../src/index.js'
import type { DemandPasskeyOptions } from '../../src/testing.js'
import type { ProviderId } from '../../stories/playground/emulated-provider.js'
import { passkeyAnswer } from '../passkey-answer.js'
import { advance, emulateTime } from '../time.js'
import { pretendPhone } from './every-element.js'
import { createSetup, doing, type Setup, shownStatus } from './setup.js'
import { errorCode, heading, part, press } from './user.js'

// The test covers the complete chain: component → proxy → handler → adapter → mock server. In
// test/browser/passkey.browser.test.tsx a real passkey signs.

emulateTime()
afterEach(() => {
  vi.unstubAllGlobals()
})

const MINUTE = 60_000

/** Continues until WhatsApp demands the passkey. */
async function demand(
  props: Partial<WhatsAppPairingProps>,
  options?: DemandPasskeyOptions,
  id: ProviderId = 'waha',
): Promise<Setup & { readonly unmount: () => void }> {
  const setup = createSetup(id)
  const { unmount } = setup.show(props)
  await advance(5_000)
  setup.emulator.demandPasskey(options)
  await doing(() => void setup.emulator.scan())
  await advance(10_000)
  expect(shownStatus()).toBe('passkey-required')
  return { ...setup, unmount }
}

/** The number of requests whose path ends like this. */
const sent = ({ mockServer }: Setup, path: string) =>
  mockServer.requests.filter((request) => request.path.endsWith(path)).length

const answer: SignPasskey = async ({ challenge }) => passkeyAnswer(challenge)

/** A passkey that signs only when the test calls `use()`. */
function slowPasskey() {
  const signals: AbortSignal[] = []
  let use = (): void => {}
  const signPasskey: SignPasskey = ({ challenge }, { signal }) => {
    signals.push(signal)
    return new Promise<PasskeyAssertion>((resolve) => {
      use = () => resolve(passkeyAnswer(challenge))
    })
  }
  return { signPasskey, signals, use: () => doing(() => use()) }
}

const note = () => screen.getByText((_, element) => element?.matches('p[aria-live]') ?? false).textContent

it.each([
  ['green-api', /Ask the people who run Acme Inbox/],
  ['z-api', /Only web\.whatsapp\.com.*browser extension helps/s],
  ['wasend', /Ask the people who run Acme Inbox/],
  ['waha', /only WhatsApp.*Ask the people who run Acme Inbox/s],
] as const)(
  'a passkey at %s is explained and is no error, and the pairing continues after it',
  async (id, lead) => {
    const onError = vi.fn()
    const { emulator } = await demand({ onError }, undefined, id)
    expect(heading()).toContain('passkey')
    expect(part('lead')?.textContent).toMatch(lead)
    expect(onError).not.toHaveBeenCalled()
    await doing(() => void emulator.solvePasskey())
    await advance(15_000)
    expect(shownStatus()).toBe('linked')
  },
)

describe('a passkey ceremony', () => {
  it('links with one request for the challenge and one answer, even after a double press', async () => {
    const setup = await demand({ signPasskey: answer })
    const before = sent(setup, '/auth/passkey/challenge')
    await doing(() => {
      const button = screen.getByRole('button', { name: 'Continue' })
      button.click()
      button.click()
    })
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
    expect(sent(setup, '/auth/passkey')).toBe(1)
    // The page sends one, and the server sends one to compare the challenge.
    expect(sent(setup, '/auth/passkey/challenge') - before).toBeLessThanOrEqual(2)
  })

  it('warns and resets once if the codes differ', async () => {
    const setup = await demand({ signPasskey: answer }, { comparesCode: true })
    await press('Continue')
    await advance(10_000)
    expect(heading()).toBe('Compare the codes')
    await press('They differ')
    expect(errorCode()).toBe('passkey-mismatch')
    await advance(10_000)
    expect(errorCode()).toBe('passkey-mismatch')
    expect(setup.emulator.state.status).not.toBe('passkey-required')
    expect(sent(setup, '/auth/passkey/confirm')).toBe(0)
    await press('Start over')
    await advance(10_000)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('passes the challenge to signPasskey only, and stores it nowhere', async () => {
    const { signPasskey, use } = slowPasskey()
    const seen = vi.fn(signPasskey)
    const setup = await demand({ signPasskey: seen })
    await press('Continue')
    await advance(1_000)
    const [options] = seen.mock.lastCall ?? []
    expect(options?.challenge).toMatch(/^[\w-]{43}$/)
    const kept = JSON.stringify(
      setup.queryClient
        .getQueryCache()
        .getAll()
        .map((query) => query.state),
    )
    expect(kept + document.documentElement.outerHTML).not.toContain(options?.challenge)
    await use()
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })

  const refusals: readonly (readonly [title: string, reason: unknown, text: RegExp, reports: number])[] = [
    ['the user cancelled', new DOMException('', 'NotAllowedError'), /^Cancelled, or this device/, 0],
    ['the user left the page', new DOMException('', 'AbortError'), /^Cancelled, or this device/, 0],
    ['signPasskey throws', new TypeError('No extension.'), /^Try again in a moment/, 1],
    ['signPasskey rejects without an error', 'no', /^Try again in a moment/, 1],
  ]
  it.each(refusals)('stays at its step and shows a message if %s', async (_, reason, text, reports) => {
    vi.stubGlobal('reportError', vi.fn())
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const onError = vi.fn()
    const setup = await demand({ onError, signPasskey: () => Promise.reject(reason) })
    await press('Continue')
    await advance(1_000)
    expect(note()).toMatch(text)
    expect(onError).toHaveBeenCalledTimes(reports)
    if (reports > 0) expect(onError.mock.lastCall?.[1]).toEqual({ in: 'signPasskey' })
    expect(sent(setup, '/auth/passkey')).toBe(0)
    expect(screen.getByRole('button', { name: 'Continue' })).toBeTruthy()
    printed.mockRestore()
  })

  it('fails if the answer is for another challenge', async () => {
    const setup = await demand({ signPasskey: async () => passkeyAnswer('of-another-session') })
    await press('Continue')
    await advance(1_000)
    expect(errorCode()).toBe('passkey-refused')
    expect(sent(setup, '/auth/passkey')).toBe(0)
  })

  const ends: readonly (readonly [
    title: string,
    end: (setup: Setup & { unmount: () => void }) => Promise<void>,
  ])[] = [
    ['the user presses Cancel', () => press('Cancel')],
    ['the time limit has passed', () => advance(10 * MINUTE)],
    ['the screen is closed', (setup) => doing(setup.unmount)],
    [
      'the phone links in another way',
      async (setup) => {
        await doing(() => void setup.emulator.solvePasskey())
        await advance(10_000)
      },
    ],
  ]
  it.each(ends)('aborts the signal and sends nothing after %s', async (_, end) => {
    const { signPasskey, signals, use } = slowPasskey()
    const setup = await demand({ signPasskey })
    await press('Continue')
    await advance(1_000)
    expect(note()).toBe('Waiting for your passkey…')
    await end(setup)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    await use()
    await advance(1_000)
    expect(sent(setup, '/auth/passkey')).toBe(0)
  })

  it('explains what to do after 30 s without progress, and can start over', async () => {
    const setup = await demand({ signPasskey: answer }, { isSilent: true })
    await press('Continue')
    await advance(20_000)
    expect(heading()).toBe('WhatsApp is checking')
    expect(screen.queryByRole('button')).toBeNull()
    await advance(12_000)
    expect(note()).toMatch(/^Nothing happens\? Open WhatsApp on the phone/)
    await press('Start over')
    await advance(15_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })

  it('fails if WhatsApp refuses, or if it takes too long', async () => {
    const setup = await demand({ signPasskey: answer }, { isSilent: true })
    await press('Continue')
    await advance(2_000)
    await doing(() => void setup.emulator.refusePasskey())
    await advance(10_000)
    expect(errorCode()).toBe('passkey-refused')
    await press('Start over')
    await advance(15_000)
    setup.emulator.demandPasskey({ lifetimeMs: MINUTE })
    await doing(() => void setup.emulator.scan())
    await advance(75_000)
    expect(errorCode()).toMatch(/^passkey-(?:expired|refused)$/)
  })

  it('requests the code for the extension after a press, and another one after the next press', async () => {
    const setup = await demand({}, undefined, 'z-api')
    expect(sent(setup, '/extension-token')).toBe(0)
    await press('Continue')
    await advance(1_000)
    const code = part('passkey-code')?.textContent
    expect(screen.getByRole('timer').textContent).toMatch(/^[45]:\d\d$/)
    await advance(6 * MINUTE)
    expect(part('passkey-code')).toBeNull()
    await press('Continue')
    await advance(1_000)
    expect(part('passkey-code')?.textContent).not.toBe(code)
    expect(sent(setup, '/extension-token')).toBe(2)
  })

  it.each([
    ['the app has no signer', 'waha', {}],
    ['the provider only reports the passkey', 'green-api', { signPasskey: answer }],
  ] as const)('explains the situation and links to support if %s', async (_, id, props) => {
    await demand({ ...props, supportUrl: 'https://app.example/help' }, undefined, id)
    expect(part('lead')?.textContent).toContain('Ask the people who run Acme Inbox')
    expect(screen.getByRole('link', { name: 'Contact support' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Continue' })).toBeNull()
    expect(part('qr-code')).toBeNull()
  })

  it('says on a phone that a computer is needed', async () => {
    pretendPhone()
    const setup = createSetup('waha')
    setup.show({ signPasskey: answer, defaultMethod: 'qr' })
    await advance(5_000)
    setup.emulator.demandPasskey()
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(screen.getByText('You need a computer for this. Open this page there.')).toBeTruthy()
  })
})
