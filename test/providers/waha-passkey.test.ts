import { describe, expect, it, vi } from 'vitest'
import type { PasskeyAssertion } from '../../src/core/passkey.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { waha } from '../../src/providers/waha.js'
import { passkeyAnswer } from '../passkey-answer.js'
import { emulateTime } from '../time.js'
import { type Answer, empty, everythingIn, json, page, rejection, stubRoutes } from './fetch-stub.js'

// https://waha.devlike.pro/docs/how-to/sessions/#passkey

const CODE = 'K7QM-2RTX'
const options = {
  challenge: 'Y2hhbGxlbmdlLW9mLXRoZS10ZXN0',
  timeout: 600_000,
  rpId: 'whatsapp.com',
  allowCredentials: [],
  userVerification: 'required',
  extensions: { uvm: true },
}
const answer = passkeyAnswer(options.challenge)

const info = (status: string): Answer => json({ name: 'default', status, config: null, me: null })
const problem = (statusCode: number, message: string): Answer =>
  json({ statusCode, message, error: 'Error' }, statusCode)
const nothingPending = problem(422, 'There is no passkey challenge')

function make(routes: Readonly<Record<string, Answer | readonly Answer[]>>) {
  const stub = stubRoutes(routes)
  const settings = { baseUrl: 'https://waha.example.com', apiKey: '0a1b2c3d4e5f', session: 'default' }
  return { stub, provider: waha({ ...settings, fetch: stub.fetch }) }
}

/** Passkey calls of `waha`, all defined. */
function ceremony({ getPasskeyChallenge, answerPasskey, confirmPasskey }: PairingProvider) {
  if (!getPasskeyChallenge || !answerPasskey || !confirmPasskey) throw new Error('A call is missing')
  return {
    challenge: () => getPasskeyChallenge({}),
    answer: (assertion: PasskeyAssertion = answer) => answerPasskey(assertion, {}),
    confirm: (code: string) => confirmPasskey(code, {}),
  }
}

emulateTime()

describe('waha while WhatsApp requires a passkey', () => {
  it('getStatus() returns the step and the remaining time, without the challenge, and sends one request', async () => {
    const { provider, stub } = make({ GET: info('PASSKEY_REQUIRED') })
    const expected = { status: 'passkey-required', step: 'assert', expiresInMs: 600_000 }
    expect(await provider.getStatus({})).toEqual(expected)
    vi.advanceTimersByTime(90_000)
    expect(await provider.getQrCode({})).toEqual({ ...expected, expiresInMs: 510_000 })
    expect(stub.asked).toEqual(['GET', 'GET'])
  })

  it('getStatus() returns the code to compare at PASSKEY_CONFIRMATION_REQUIRED', async () => {
    const { provider } = make({
      GET: info('PASSKEY_CONFIRMATION_REQUIRED'),
      'GET auth/passkey/confirmation': json({ code: CODE }),
    })
    const expected = { status: 'passkey-required', step: 'confirm', code: CODE, expiresInMs: 600_000 }
    expect(await provider.getStatus({})).toEqual(expected)
  })

  it('getStatus() returns "submitted" if the code disappears between two requests', async () => {
    const { provider } = make({
      GET: info('PASSKEY_CONFIRMATION_REQUIRED'),
      'GET auth/passkey/confirmation': nothingPending,
    })
    expect(await provider.getStatus({})).toMatchObject({ step: 'submitted' })
  })

  it('the remaining time is that of the session, even if each request creates an adapter', async () => {
    const memory = {}
    const status = () => make({ GET: info('PASSKEY_REQUIRED') }).provider.getStatus({ memory })
    await status()
    vi.advanceTimersByTime(60_000)
    expect(await status()).toMatchObject({ expiresInMs: 540_000 })
    expect(JSON.stringify(memory)).not.toContain(options.challenge)
  })

  it('getPasskeyChallenge() returns the options unchanged', async () => {
    const { provider } = make({ 'GET auth/passkey/challenge': json(options) })
    expect(await ceremony(provider).challenge()).toEqual({ options, expiresInMs: 600_000 })
  })

  it('answerPasskey() sends the documented fields once, and the state is "submitted" afterwards', async () => {
    const { provider, stub } = make({ GET: info('PASSKEY_REQUIRED'), 'POST auth/passkey': empty(201) })
    await ceremony(provider).answer({ ...answer, clientExtensionResults: { uvm: [[2, 4, 2]] } })
    expect(stub.requests.map(({ body }) => body)).toEqual([answer])
    expect(await provider.getStatus({})).toMatchObject({ status: 'passkey-required', step: 'submitted' })
  })

  it('confirmPasskey() sends the confirmation of the pending code, and then the session links', async () => {
    const { provider, stub } = make({
      GET: [info('PASSKEY_CONFIRMATION_REQUIRED'), info('STARTING'), info('WORKING')],
      'GET auth/passkey/confirmation': json({ code: CODE }),
      'POST auth/passkey/confirm': empty(201),
    })
    await provider.getStatus({})
    expect((await rejection(ceremony(provider).confirm('ABCD-EFGH'))).code).toBe('invalid-request')
    expect(stub.asked).not.toContain('POST auth/passkey/confirm')
    await ceremony(provider).confirm(CODE)
    expect(await provider.getStatus({})).toEqual({ status: 'linking' })
    expect(await provider.getStatus({})).toMatchObject({ status: 'linked' })
  })

  it.each<[string, Answer, string]>([
    ['422: nothing is pending', nothingPending, 'passkey-expired'],
    ['a version without passkeys', problem(404, 'Cannot POST /api/default/auth/passkey'), 'not-supported'],
    ['an engine without passkeys', problem(501, 'Not implemented by the engine'), 'not-supported'],
    [
      'a session that Core does not support',
      problem(422, 'WAHA Core support only default session'),
      'session-not-found',
    ],
    ['a wrong key', problem(401, 'Unauthorized'), 'unauthorized'],
    ['a server error', problem(500, `boom ${options.challenge}`), 'provider-unavailable'],
    ['a page of a gateway', page(502), 'provider-unavailable'],
    ['a page with HTTP 200', page(200), 'provider-unavailable'],
  ])('each call rejects, sends nothing twice and repeats no body: %s', async (_title, response, code) => {
    const { provider, stub } = make({
      'GET auth/passkey/challenge': response,
      'POST auth/passkey': response,
      'GET auth/passkey/confirmation': json({ code: CODE }),
      'POST auth/passkey/confirm': response,
    })
    const { challenge, answer: send, confirm } = ceremony(provider)
    for (const call of [challenge, send, () => confirm(CODE)]) {
      const error = await rejection(call())
      expect(error.code).toBe(code)
      expect(everythingIn(error)).not.toContain(options.challenge)
    }
    expect(stub.asked).toHaveLength(4)
  })

  it.each<[string, unknown]>([
    ['a list', []],
    ['no challenge', { ...options, challenge: undefined }],
    ['a challenge that is an object', { ...options, challenge: {} }],
    ['options of 9 kB', { ...options, padding: 'x'.repeat(9_000) }],
  ])('getPasskeyChallenge() rejects with invalid-answer for %s', async (_title, body) => {
    const { provider } = make({ 'GET auth/passkey/challenge': json(body) })
    expect((await rejection(ceremony(provider).challenge())).code).toBe('invalid-answer')
  })
})

describe('waha after a ceremony that links nothing', () => {
  const failing = (until: Answer = info('PASSKEY_REQUIRED')) =>
    make({
      GET: [until, info('FAILED'), info('FAILED'), info('FAILED'), info('SCAN_QR_CODE')],
      'POST auth/passkey': empty(201),
      'POST restart': info('STARTING'),
      'POST logout': info('STARTING'),
    })

  it.each<[string, (provider: PairingProvider) => Promise<unknown>, string]>([
    ['no passkey response was sent', async () => undefined, 'passkey-expired'],
    [
      'WhatsApp got the passkey response in time',
      (provider) => ceremony(provider).answer(),
      'passkey-refused',
    ],
    [
      'WhatsApp did not respond for ten minutes',
      async (provider) => {
        await ceremony(provider).answer()
        vi.advanceTimersByTime(600_000)
      },
      'passkey-expired',
    ],
  ])('FAILED rejects until a reset: %s', async (_title, between, code) => {
    const { provider, stub } = failing()
    await provider.getStatus({})
    await between(provider)
    expect((await rejection(provider.getStatus({}))).code).toBe(code)
    expect((await rejection(provider.getQrCode({}))).code).toBe(code)
    const reset = provider.reset?.({})
    await vi.advanceTimersByTimeAsync(5_000)
    await reset
    expect(stub.asked.filter((name) => name.startsWith('POST') && !name.includes('passkey'))).toEqual([
      'POST restart',
    ])
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })

  it('FAILED is "stopped" again if a code was shown since', async () => {
    const { provider } = make({ GET: [info('PASSKEY_REQUIRED'), info('SCAN_QR_CODE'), info('FAILED')] })
    for (let count = 0; count < 2; count += 1) await provider.getStatus({})
    expect(await provider.getStatus({})).toEqual({ status: 'stopped' })
  })

  it('a ceremony has its whole time, even if the end of the previous one was never seen', async () => {
    const { provider } = make({ GET: info('PASSKEY_REQUIRED') })
    await provider.getStatus({})
    vi.advanceTimersByTime(3_600_000)
    expect(await provider.getStatus({})).toMatchObject({ step: 'assert', expiresInMs: 600_000 })
  })
})

it.each([
  ['PASSKEY_REQUIRED', options],
  ['PASSKEY_CONFIRMATION_REQUIRED', { code: CODE }],
])('readWebhook() of waha does not pass on the data of %s', (status, data) => {
  const { provider } = make({})
  const body = {
    event: 'session.status',
    session: 'default',
    me: null,
    payload: { name: 'default', status, data },
  }
  expect(provider.readWebhook?.(body)).toEqual({ status: 'passkey-required' })
})
