import { describe, expect, it, vi } from 'vitest'
import type { PairingProvider } from '../../src/core/provider.js'
import { zApi } from '../../src/providers/z-api.js'
import { passkeyAnswer } from '../passkey-answer.js'
import { emulateTime } from '../time.js'
import {
  type Answer,
  empty,
  everythingIn,
  json,
  late,
  PNG,
  page,
  rejection,
  stubRoutes,
  text,
} from './fetch-stub.js'

// https://developer.z-api.io/en/instance/passkey-prologue, reset-passkey-challenge, extension-token

const NOW = Date.UTC(2026, 10, 30)
const options = {
  challenge: 'Y2hhbGxlbmdlLW9mLXRoZS10ZXN0',
  timeout: 600_000,
  rpId: 'whatsapp.com',
  extra: 1,
}
const answer = passkeyAnswer(options.challenge)
const REASON = 'words-of-the-provider'

const notConnected = json({ connected: false, error: 'You are not connected' })
const atPasskey = { 'GET qr-code': json({ challenge: options }), 'GET status': notConnected }

function make(routes: Readonly<Record<string, Answer | readonly Answer[]>> = {}) {
  const stub = stubRoutes({ ...atPasskey, ...routes })
  const provider = zApi({ instanceId: '3C01A2B4F5D6E7F8', token: 'E0F1A2B3C4D5', fetch: stub.fetch })
  return { stub, provider, calls: callsOf(provider) }
}

function callsOf({ getPasskeyChallenge, answerPasskey, getPasskeyHandoff, resetPasskey }: PairingProvider) {
  if (!getPasskeyChallenge || !answerPasskey || !getPasskeyHandoff || !resetPasskey)
    throw new Error('A call is missing')
  return {
    challenge: () => getPasskeyChallenge({}),
    answer: () => answerPasskey(answer, {}),
    handoff: () => getPasskeyHandoff({}),
    reset: () => resetPasskey({}),
  }
}

emulateTime(NOW)

describe('zApi while WhatsApp requires a passkey', () => {
  it('getStatus() reports it until the time has passed, although the status of the instance does not', async () => {
    const { provider, stub } = make()
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    const expected = { status: 'passkey-required', step: 'assert', expiresInMs: 600_000 }
    expect(await provider.getQrCode({})).toEqual(expected)
    vi.advanceTimersByTime(599_000)
    expect(await provider.getStatus({})).toEqual({ ...expected, expiresInMs: 1_000 })
    vi.advanceTimersByTime(1_000)
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(stub.asked.filter((name) => name === 'GET qr-code')).toHaveLength(1)
  })

  it.each<
    [string, Readonly<Record<string, Answer>>, (provider: PairingProvider) => Promise<unknown> | undefined]
  >([
    ['a link', {}, async () => undefined],
    ['a code', { 'GET qr-code': json({ value: `data:image/png;base64,${PNG}` }) }, (p) => p.getQrCode({})],
    ['reset()', { 'GET restart': json({ value: true }) }, (p) => p.reset?.({})],
    [
      'resetPasskey()',
      { 'POST reset-passkey-challenge': json({ success: true }) },
      (p) => p.resetPasskey?.({}),
    ],
    ['unlink()', { 'GET disconnect': json({ value: true }) }, (p) => p.unlink?.({})],
  ])('%s ends the ceremony', async (title, routes, end) => {
    const memory = {}
    await make().provider.getQrCode({ memory })
    const linked = { 'GET status': json({ connected: true }), 'GET device': json({}) }
    const { provider } = make(title === 'a link' ? linked : routes)
    const call = provider.getStatus({ memory })
    expect((await call).status).toBe(title === 'a link' ? 'linked' : 'passkey-required')
    const withMemory: PairingProvider = {
      ...provider,
      getQrCode: () => provider.getQrCode({ memory }),
      reset: async () => provider.reset?.({ memory }),
      resetPasskey: async () => provider.resetPasskey?.({ memory }),
      unlink: async () => provider.unlink?.({ memory }),
    }
    await end(withMemory)
    expect(await make().provider.getStatus({ memory })).toEqual({ status: 'unlinked' })
  })

  it('getPasskeyChallenge() stores no challenge: it requests it each time and returns it unchanged', async () => {
    const memory = {}
    const { provider, calls, stub } = make()
    await provider.getQrCode({ memory })
    expect(`${JSON.stringify(memory)}${everythingIn(provider)}`).not.toContain(options.challenge)
    expect(await calls.challenge()).toEqual({ options, expiresInMs: 600_000 })
    expect(stub.asked).toEqual(['GET qr-code', 'GET qr-code'])
  })

  it.each<[string, Answer, string]>([
    ['a code instead of a challenge', json({ value: `data:image/png;base64,${PNG}` }), 'passkey-expired'],
    ['neither', json({ connected: false }), 'passkey-expired'],
    ['a text', json({ challenge: 'c2lt' }), 'invalid-answer'],
    ['a list', json({ challenge: [] }), 'invalid-answer'],
    ['too many requests', json({}, 429), 'rate-limited'],
    ['a page', page(200), 'provider-unavailable'],
    ['an unknown instance', json({ error: 'NOT_FOUND' }, 404), 'session-not-found'],
  ])('getPasskeyChallenge() rejects: %s', async (_title, response, code) => {
    const { calls } = make({ 'GET qr-code': response })
    expect((await rejection(calls.challenge())).code).toBe(code)
  })

  it('getPasskeyChallenge() accepts options that are JSON text', async () => {
    const { calls } = make({ 'GET qr-code': json({ challenge: JSON.stringify(options) }) })
    expect((await calls.challenge()).options).toEqual(options)
  })

  it('answerPasskey() sends the whole passkey response once, and the state is "submitted" afterwards', async () => {
    const { provider, calls, stub } = make({ 'POST passkey-prologue': json({ success: true }) })
    await calls.answer()
    expect(stub.requests[0]).toMatchObject({ method: 'POST', body: answer })
    expect(await provider.getStatus({})).toMatchObject({ step: 'submitted' })
    expect(stub.asked).toEqual(['POST passkey-prologue', 'GET status'])
  })

  it.each<[string, Answer, string]>([
    [
      'a refusal with a reason',
      json({ success: false, reason: `${REASON} ${options.challenge}` }),
      'passkey-refused',
    ],
    ['a refusal with HTTP 400', json({ success: false, reason: REASON }, 400), 'passkey-refused'],
    ['a refusal without a reason', json({ success: false }), 'passkey-refused'],
    ['another error', json({ success: 'yes' }), 'invalid-answer'],
    ['nothing', empty(), 'invalid-answer'],
    ['a missing client token', json({ error: 'null not allowed' }, 400), 'unauthorized'],
    ['a server error', text(`boom ${REASON}`, 500), 'provider-unavailable'],
  ])(
    'answerPasskey() rejects without the words of the provider, and sends nothing twice: %s',
    async (_, response, code) => {
      const { provider, calls, stub } = make({ 'POST passkey-prologue': response })
      await provider.getQrCode({})
      const error = await rejection(calls.answer())
      expect(error.code).toBe(code)
      expect(everythingIn(error)).not.toMatch(new RegExp(`${REASON}|${options.challenge}`))
      expect(stub.asked.filter((name) => name.startsWith('POST'))).toHaveLength(1)
      expect(await provider.getStatus({})).toMatchObject({ step: 'assert' })
    },
  )
})

describe('zApi getPasskeyHandoff()', () => {
  const INSTALL_URL = 'https://chromewebstore.google.com/detail/iopmkohngoecmepoheapifkafbeomphn'

  it.each<[string, number, Record<string, string>, number]>([
    ['five minutes, on both clocks', NOW + 300_000, {}, 300_000],
    ['two minutes', NOW + 120_000, {}, 120_000],
    [
      'an hour more, by a clock of the provider that is fast',
      NOW + 3_900_000,
      { date: new Date(NOW + 3_600_000).toUTCString() },
      300_000,
    ],
    ['a time that has passed', NOW - 1, {}, 300_000],
    ['a time that is too far away', NOW + 86_400_000, {}, 300_000],
    ['no time', Number.NaN, {}, 300_000],
  ])(
    'returns the code, the page where it is used, and its end: %s',
    async (_title, expiresAt, headers, leftMs) => {
      const { calls } = make({ 'GET extension-token': json({ token: 'FA48-HS63', expiresAt }, 200, headers) })
      expect(await calls.handoff()).toEqual({
        kind: 'code',
        code: 'FA48-HS63',
        expiresAt: NOW + leftMs,
        installUrl: INSTALL_URL,
      })
    },
  )

  it('does not extend the life of the code if the response arrives late', async () => {
    const response = json({ token: 'FA48-HS63', expiresAt: NOW + 120_000 }, 200, {
      date: new Date(NOW).toUTCString(),
    })
    const { calls } = make({ 'GET extension-token': late(response, 4_000) })
    const handoff = calls.handoff()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await handoff).toMatchObject({ expiresAt: NOW + 120_000 })
  })

  it.each<[string, Answer, string]>([
    ['no code', json({ expiresAt: NOW }), 'invalid-answer'],
    ['a text of 50 characters', json({ token: 'x'.repeat(50), expiresAt: NOW }), 'invalid-answer'],
    ['a refusal', json({ error: 'null not allowed' }, 400), 'unauthorized'],
    ['a page', page(200), 'provider-unavailable'],
  ])('rejects: %s', async (_title, response, code) => {
    expect((await rejection(make({ 'GET extension-token': response }).calls.handoff())).code).toBe(code)
  })
})

describe('zApi resetPasskey()', () => {
  it.each([200, 400])(
    'restarts the instance if Z-API has reset the challenge but could not restart it (HTTP %i)',
    async (status) => {
      const { calls, stub } = make({
        'POST reset-passkey-challenge': json(
          { success: false, error: 'Failed to restart instance after challenge reset' },
          status,
        ),
        'GET restart': json({ value: true }),
      })
      await calls.reset()
      expect(stub.asked).toEqual(['POST reset-passkey-challenge', 'GET restart'])
    },
  )

  it('sends the content type that Z-API requires for each POST, and rejects if nothing was reset', async () => {
    const { calls, stub, provider } = make({
      'POST reset-passkey-challenge': json({ error: 'NOT_FOUND' }, 404),
    })
    await provider.getQrCode({})
    expect((await rejection(calls.reset())).code).toBe('session-not-found')
    expect(stub.requests.at(-1)?.headers.get('content-type')).toBe('application/json')
    expect((await provider.getStatus({})).status).toBe('passkey-required')
  })
})
