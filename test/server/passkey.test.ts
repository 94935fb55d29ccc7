import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PasskeyAssertion } from '../../src/core/passkey.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { type AnswerFaults, passkeyAnswer } from '../passkey-answer.js'
import { advance, emulateTime } from '../time.js'
import { createSetup, expectRefusal, type SetupOptions, updateOf } from './setup.js'
import { timing } from './spy-provider.js'

const CHALLENGE = 'Y2hhbGxlbmdlLW9mLXRoZS10ZXN0'
const CODE = 'ABCD-EFGH'

emulateTime(Date.UTC(2026, 10, 30))

/** A provider whose account requires a passkey. The handler passes passkey responses on unless `options` forbids it. */
function ceremony(methods: Partial<PairingProvider> = {}, options: SetupOptions = {}) {
  let state: PairingSnapshot = { status: 'passkey-required', step: 'assert', expiresInMs: 600_000 }
  const answers: PasskeyAssertion[] = []
  const confirmed: string[] = []
  let challenge = CHALLENGE
  const asked: string[] = []
  const setup = createSetup(
    {
      getStatus: async () => state,
      getQrCode: async () => state,
      getPasskeyChallenge: async () => {
        asked.push('challenge')
        return {
          options: {
            challenge,
            rpId: 'whatsapp.com',
            userVerification: 'required',
            extensions: { uvm: true },
          },
        }
      },
      answerPasskey: async (assertion) => {
        answers.push(assertion)
      },
      confirmPasskey: async (code) => {
        confirmed.push(code)
      },
      getPasskeyHandoff: async () => ({ kind: 'code', code: 'FA48-HS63', expiresAt: Date.now() + 300_000 }),
      ...methods,
    },
    { allowPasskeyAnswers: true, ...options },
  )
  return {
    ...setup,
    answers,
    confirmed,
    asked,
    set: (next: PairingSnapshot) => {
      state = next
    },
    renew: (next: string) => {
      challenge = next
    },
    answer: (assertion: unknown = passkeyAnswer(challenge)) =>
      setup.post({ action: 'passkey-answer', assertion }),
    confirm: (code: string) => setup.post({ action: 'passkey-confirm', code }),
  }
}

const nextStatus = () => advance(timing.statusIntervalMs)

describe('a passkey ceremony', () => {
  it('goes from the challenge to the response, the code to compare and the link', async () => {
    const setup = ceremony()
    expect(await updateOf(setup.get())).toMatchObject({
      status: 'passkey-required',
      passkey: { step: 'assert', expiresInMs: 600_000 },
      abilities: ['unlink', 'reset', 'passkey', 'passkey-confirm', 'passkey-handoff'],
    })
    const challenge = await (await setup.post({ action: 'passkey-challenge' })).json()
    // Fields that this package does not know are also part of the data to be signed.
    expect(challenge).toEqual({
      challenge: {
        options: {
          challenge: CHALLENGE,
          rpId: 'whatsapp.com',
          userVerification: 'required',
          extensions: { uvm: true },
        },
      },
    })
    expect((await setup.answer()).status).toBe(200)
    expect(setup.answers).toEqual([passkeyAnswer(CHALLENGE)])
    // The provider still reports that it waits for the passkey.
    await nextStatus()
    expect(await updateOf(setup.get())).toMatchObject({ passkey: { step: 'submitted' } })
    setup.set({ status: 'passkey-required', step: 'confirm', code: CODE })
    await nextStatus()
    expect(await updateOf(setup.get())).toMatchObject({ passkey: { step: 'confirm', code: CODE } })
    expect((await setup.confirm(CODE)).status).toBe(200)
    expect(setup.confirmed).toEqual([CODE])
    setup.set({ status: 'linked', account: {} })
    await nextStatus()
    expect(await updateOf(setup.get())).toMatchObject({ status: 'linked' })
  })

  it('requests neither QR codes nor pairing codes, and starts nothing', async () => {
    const setup = ceremony()
    await setup.get()
    for (let poll = 0; poll < 5; poll += 1) {
      await nextStatus()
      expect(await updateOf(setup.get('?want=code'))).toMatchObject({ status: 'passkey-required' })
    }
    for (const body of [
      { action: 'request-pairing-code', phoneNumber: '+442079460958' },
      { action: 'start' },
    ])
      await expectRefusal(await setup.post(body), 'invalid-request')
    expect(new Set(setup.calls)).toEqual(new Set(['getStatus']))
  })

  it('ends with a reset of the ceremony if the provider supports it, and otherwise with a reset of the session', async () => {
    const resetPasskey = vi.fn(async () => {})
    const special = ceremony({ resetPasskey })
    await special.get()
    await special.post({ action: 'reset' })
    expect(resetPasskey).toHaveBeenCalledOnce()
    expect(special.calls).not.toContain('reset')
    const general = ceremony()
    await general.get()
    await general.post({ action: 'reset' })
    expect(general.calls).toContain('reset')
  })

  it('returns the provider’s code with its remaining time, and links only to WhatsApp Web', async () => {
    const code = ceremony()
    expect(await (await code.post({ action: 'passkey-handoff' })).json()).toEqual({
      handoff: { kind: 'code', code: 'FA48-HS63', expiresInMs: 300_000 },
    })
    const own = {
      kind: 'code',
      code: 'FA48-HS63',
      installUrl: 'https://chromewebstore.google.com/detail/x',
    } as const
    const extension = ceremony({
      getPasskeyHandoff: async () => ({ ...own, expiresAt: Date.now() + 60_000 }),
    })
    expect(await (await extension.post({ action: 'passkey-handoff' })).json()).toEqual({
      handoff: { ...own, expiresInMs: 60_000 },
    })
    const url = 'https://web.whatsapp.com/#wapk=abc'
    const link = ceremony({ getPasskeyHandoff: async () => ({ kind: 'link', url }) })
    expect(await (await link.post({ action: 'passkey-handoff' })).json()).toEqual({
      handoff: { kind: 'link', url },
    })
    for (const foreign of [
      'https://web.whatsapp.com.evil.example/',
      'https://evil.example/web.whatsapp.com',
      'http://web.whatsapp.com/',
      'https://user@web.whatsapp.com/',
      'javascript:alert(1)',
    ]) {
      const bad = ceremony({ getPasskeyHandoff: async () => ({ kind: 'link', url: foreign }) })
      await expectRefusal(await bad.post({ action: 'passkey-handoff' }), 'invalid-answer')
    }
  })
})

describe('passkey responses:', () => {
  it('a passkey response is refused if the app does not allow it', async () => {
    const setup = ceremony({}, { allowPasskeyAnswers: false })
    expect((await updateOf(setup.get())).abilities).not.toContain('passkey')
    await expectRefusal(await setup.post({ action: 'passkey-challenge' }), 'forbidden')
    await expectRefusal(await setup.answer(), 'forbidden')
    expect(setup.asked).toEqual([])
    // The provider's own method needs no permission.
    expect((await setup.post({ action: 'passkey-handoff' })).status).toBe(200)
  })

  const faults: readonly (readonly [name: string, faults: AnswerFaults])[] = [
    ['to another challenge', { challenge: 'YW5vdGhlcg' }],
    ['that was signed on another page', { origin: 'https://web.whatsapp.com.evil.example' }],
    ['that was signed on plain http', { origin: 'http://web.whatsapp.com' }],
    ['that was signed in a frame of another page', { crossOrigin: true }],
    ['to a request that creates a passkey', { type: 'webauthn.create' }],
    ['for another site', { rpId: 'evil.example' }],
    ['for a subdomain that the options do not name', { rpId: 'web.whatsapp.com' }],
    ['without user presence', { flags: 0x04 }],
    ['without user verification', { flags: 0x01 }],
    ['that is cut off', { bytes: 36 }],
    ['without flags', { bytes: 32 }],
  ]
  it.each(faults)('a passkey response %s is refused', async (_, fault) => {
    const setup = ceremony()
    await expectRefusal(await setup.answer(passkeyAnswer(CHALLENGE, fault)), 'passkey-refused')
    expect(setup.answers).toEqual([])
  })

  const good = passkeyAnswer(CHALLENGE)
  it.each<readonly [string, unknown]>([
    ['nothing', null],
    ['a text', JSON.stringify(good)],
    ['a list', [good]],
    ['another type', { ...good, type: 'password' }],
    ['no response', { ...good, response: undefined }],
    ['client data that is not base64', { ...good, response: { ...good.response, clientDataJSON: '%%%' } }],
    ['client data that is not JSON', { ...good, response: { ...good.response, clientDataJSON: 'bm8' } }],
    ['client data with a script', { ...good, response: { ...good.response, clientDataJSON: '<script>' } }],
    ['no signature', { ...good, response: { ...good.response, signature: '' } }],
    [
      'a signature one kilobyte too long',
      { ...good, response: { ...good.response, signature: 'A'.repeat(5_000) } },
    ],
    ['an id that is an object', { ...good, id: { toString: () => 'x' }, rawId: {} }],
  ])('a passkey response that is %s is refused', async (_, assertion) => {
    const setup = ceremony()
    await expectRefusal(await setup.answer(assertion), 'passkey-refused')
    expect(setup.answers).toEqual([])
  })

  it('a second passkey response to one challenge is refused, even if the first call failed', async () => {
    const answerPasskey = vi.fn(async () => {
      throw new PairingError('network', 'The provider could not be reached.')
    })
    const setup = ceremony({ answerPasskey })
    await expectRefusal(await setup.answer(), 'network')
    await nextStatus()
    await expectRefusal(await setup.answer(), 'invalid-request')
    expect(answerPasskey).toHaveBeenCalledOnce()
  })

  it('of two passkey responses at the same moment, one is refused', async () => {
    const setup = ceremony()
    const statuses = (await Promise.all([setup.answer(), setup.answer()])).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([200, 400])
    expect(setup.answers).toHaveLength(1)
  })

  it('a passkey response to the previous challenge is refused if the provider has a new one', async () => {
    const setup = ceremony()
    const stale = passkeyAnswer(CHALLENGE)
    setup.renew('bmV3LWNoYWxsZW5nZQ')
    await expectRefusal(await setup.answer(stale), 'passkey-refused')
    expect((await setup.answer()).status).toBe(200)
  })

  it.each<PairingSnapshot>([
    { status: 'unlinked' },
    { status: 'linking' },
    { status: 'linked', account: {} },
    { status: 'passkey-required', step: 'confirm', code: CODE },
    { status: 'passkey-required', step: 'submitted' },
  ])('a passkey response is refused if no passkey is required: %o', async (state) => {
    const setup = ceremony()
    setup.set(state)
    await expectRefusal(await setup.answer(), 'invalid-request')
    await expectRefusal(await setup.post({ action: 'passkey-challenge' }), 'invalid-request')
    expect([setup.answers, setup.asked]).toEqual([[], []])
  })

  it('a fourth passkey response in a short time is refused', async () => {
    const setup = ceremony()
    const wrong = passkeyAnswer(CHALLENGE, { challenge: 'YW5vdGhlcg' })
    for (let count = 0; count < 3; count += 1)
      await expectRefusal(await setup.answer(wrong), 'passkey-refused')
    await expectRefusal(await setup.answer(wrong), 'rate-limited', { retryAfterMs: 30_000 })
  })

  it('a passkey response from a page of another origin, or longer than 16 kB, is refused', async () => {
    const setup = ceremony()
    const body = { action: 'passkey-answer', assertion: passkeyAnswer(CHALLENGE) }
    await expectRefusal(await setup.post(body, { origin: 'https://evil.example' }), 'forbidden')
    await expectRefusal(await setup.post({ ...body, padding: 'x'.repeat(16_384) }), 'invalid-request')
    await expectRefusal(await setup.post(body, { 'content-type': 'text/plain' }), 'invalid-request')
    expect(setup.answers).toEqual([])
  })
})

it('a passkey response is passed on with known fields only, in base64url without padding', async () => {
  const setup = ceremony()
  const answer = passkeyAnswer(CHALLENGE)
  const padded = (text: string) => Buffer.from(text, 'base64url').toString('base64')
  await setup.answer({
    ...answer,
    rawId: padded(answer.rawId),
    authenticatorAttachment: 'platform',
    __proto__: { admin: true },
    token: 'x',
    response: {
      ...answer.response,
      clientDataJSON: padded(answer.response.clientDataJSON),
      signature: padded(answer.response.signature),
      publicKey: 'x',
    },
    clientExtensionResults: { uvm: [[2, 4, 2]] },
  })
  expect(setup.answers).toEqual([{ ...answer, clientExtensionResults: { uvm: [[2, 4, 2]] } }])
})

describe('the code to compare', () => {
  it('can be confirmed once, and only if the provider shows it now', async () => {
    const setup = ceremony()
    await expectRefusal(await setup.confirm(CODE), 'invalid-request')
    setup.set({ status: 'passkey-required', step: 'confirm', code: CODE })
    await nextStatus()
    for (const other of ['', 'abcd-efgh', 'ABCDEFGH', 'WXYZ-1234']) {
      await expectRefusal(await setup.confirm(other), 'invalid-request')
      await advance(60_000)
    }
    expect((await setup.confirm(CODE)).status).toBe(200)
    await advance(60_000)
    await expectRefusal(await setup.confirm(CODE), 'invalid-request')
    expect(setup.confirmed).toEqual([CODE])
  })
})

it('challenge, passkey response, code and hand-off of the provider are in no log, error, bus event or report', async () => {
  const published: string[] = []
  const onError = vi.fn()
  const secrets = [CHALLENGE, CODE, 'FA48-HS63', passkeyAnswer(CHALLENGE).response.signature]
  const setup = ceremony(
    {
      answerPasskey: async () => {
        throw new Error(`The provider says: ${secrets.join(' ')}`)
      },
    },
    {
      onError,
      bus: {
        publish: (_, message) => void published.push(message),
        subscribe: () => () => {},
      },
    },
  )
  const tab = await setup.watch()
  await setup.post({ action: 'passkey-challenge' })
  await setup.post({ action: 'passkey-handoff' })
  const answered = await (await setup.answer()).text()
  setup.set({ status: 'passkey-required', step: 'confirm', code: CODE })
  await advance(10_000)
  expect(published.length).toBeGreaterThan(0)
  for (const secret of secrets) {
    expect(`${JSON.stringify(setup.log)} ${published} ${answered}`).not.toContain(secret)
    // Only the user of the page may see the code.
    if (secret !== CODE) expect(tab.text).not.toContain(secret)
  }
  expect(tab.text).toContain(CODE)
})
