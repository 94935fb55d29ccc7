import { describe, expect, it, vi } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import { type OwnServerOptions, ownServer } from '../../src/providers/own-server.js'
import { mockOwnServer, testProvider } from '../../src/testing.js'
import { passkeyAnswer } from '../passkey-answer.js'
import {
  type Answer,
  everythingIn,
  type FetchStub,
  IMAGE,
  json,
  late,
  PNG,
  QR_LINK,
  QR_TEXT,
  rejection,
  stubFetch,
  text,
  withFakeTimers,
} from './fetch-stub.js'

const url = 'http://engine.example:3000/pairing/main'
const key = 'd75b3a66374942c5b3c019c698abc2067e15'
const headers = { authorization: `Bearer ${key}` }
const number = normalizePhoneNumber('5511987654321')

interface Setup extends FetchStub {
  readonly provider: ReturnType<typeof ownServer>
}

function answering(answer: Answer, options: Partial<OwnServerOptions> = {}): Setup {
  const stub = stubFetch(answer)
  return { ...stub, provider: ownServer({ url, fetch: stub.fetch, ...options }) }
}

const snapshot = (fields: object): Answer =>
  json({ state: null, qr: null, code: null, expiresInMs: null, reason: null, account: null, ...fields })

/** Returns snapshots with these states in turn. */
function inTurn(...states: readonly string[]): Answer {
  const left = [...states]
  return (request) => snapshot({ state: left.length > 1 ? left.shift() : left[0] })(request)
}

const sent = ({ requests }: FetchStub): string[] => requests.map(({ method }) => method)

const CHALLENGE = { challenge: 'Y2hhbGxlbmdl', rpId: 'whatsapp.com', extra: [1] }
const CALLS = ['getPasskeyChallenge', 'answerPasskey', 'confirmPasskey', 'getPasskeyHandoff', 'resetPasskey']

describe('ownServer for passkeys', () => {
  const all: OwnServerOptions['passkey'] = ['answer', 'confirm', 'handoff', 'reset']
  const calling = (answer: Answer) => {
    const setup = answering(answer, { passkey: all })
    const { getPasskeyChallenge, answerPasskey, confirmPasskey, getPasskeyHandoff, resetPasskey } =
      setup.provider
    return {
      ...setup,
      calls: {
        challenge: async () => getPasskeyChallenge?.({}),
        answer: async () => answerPasskey?.(passkeyAnswer(CHALLENGE.challenge), {}),
        confirm: async () => confirmPasskey?.('K7QM-2RTX', {}),
        handoff: async () => getPasskeyHandoff?.({}),
        reset: async () => resetPasskey?.({}),
      },
    }
  }

  it.each<[OwnServerOptions['passkey'], readonly string[]]>([
    [undefined, []],
    [['answer'], ['getPasskeyChallenge', 'answerPasskey']],
    [['confirm'], ['confirmPasskey']],
    [
      ['handoff', 'reset'],
      ['getPasskeyHandoff', 'resetPasskey'],
    ],
    [all, CALLS],
  ])('has the calls of the option %j', (passkey, expected) => {
    const { provider } = answering(json({}), { passkey })
    expect(CALLS.filter((name) => name in provider)).toEqual(expected)
  })

  it('sends each call as a POST to the one URL, with its parameters in the body', async () => {
    const { calls, requests } = calling(snapshot({ state: 'passkey' }))
    for (const call of [calls.answer, calls.confirm, calls.reset]) await call()
    for (const call of [calls.challenge, calls.handoff]) await rejection(call())
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', url, { mode: 'passkey-answer', assertion: passkeyAnswer(CHALLENGE.challenge) }],
      ['POST', url, { mode: 'passkey-confirm', code: 'K7QM-2RTX' }],
      ['POST', url, { mode: 'passkey-reset' }],
      ['POST', url, { mode: 'passkey-challenge' }],
      ['POST', url, { mode: 'passkey-handoff' }],
    ])
  })

  it('returns the challenge unchanged, and both kinds of a hand-off', async () => {
    const { calls } = calling(json({ challenge: CHALLENGE, expiresInMs: 5_000 }))
    expect(await calls.challenge()).toEqual({ options: CHALLENGE, expiresInMs: 5_000 })
    const link = { kind: 'link', url: 'https://web.whatsapp.com/#x' }
    expect(await calling(json({ handoff: link })).calls.handoff()).toEqual(link)
    const code = { kind: 'code', code: 'FA48-HS63', expiresInMs: 300_000, installUrl: 'https://e.example/x' }
    const { expiresInMs: _, ...shown } = code
    const handoff = await calling(json({ handoff: code })).calls.handoff()
    expect(handoff).toEqual({ ...shown, expiresAt: expect.closeTo(Date.now() + 300_000, -4) })
    await withFakeTimers(async () => {
      const requestedAt = Date.now()
      const call = calling(late(json({ handoff: code }), 4_000)).calls.handoff()
      await vi.advanceTimersByTimeAsync(4_000)
      // The code may have been created as soon as it was requested.
      expect(await call).toMatchObject({ expiresAt: requestedAt + 300_000 })
    })
  })

  it.each<[string, Answer, string]>([
    ['a late request', json({ reason: 'passkey-expired' }, 409), 'passkey-expired'],
    [
      'a refused passkey response',
      json({ reason: 'passkey-refused', error: CHALLENGE.challenge }, 400),
      'passkey-refused',
    ],
    ['a wrong key', json({ error: 'no' }, 401), 'unauthorized'],
    ['a page', text('<!doctype html><p>', 200, 'text/html'), 'provider-unavailable'],
    ['a failure', text(CHALLENGE.challenge, 503), 'provider-unavailable'],
    ['another error', json({ challenge: 7, handoff: [] }), 'invalid-answer'],
  ])('rejects each call and repeats no body: %s', async (_title, response, code) => {
    const { calls, requests } = calling(response)
    for (const call of Object.values(calls)) {
      const error = await rejection(call())
      expect(error.code).toBe(code)
      expect(everythingIn(error)).not.toContain(CHALLENGE.challenge)
    }
    expect(requests).toHaveLength(5)
  })

  it('treats 204 as success, and a failed snapshot as a refusal', async () => {
    const done = calling(() => new Response(null, { status: 204 })).calls
    for (const call of [done.answer, done.confirm, done.reset]) await call()
    const failed = calling(snapshot({ state: 'failed', reason: 'passkey-refused' })).calls
    expect((await rejection(failed.answer())).code).toBe('passkey-refused')
  })
})

describe('ownServer', () => {
  it('reads send no custom header to the one URL', async () => {
    const { provider, requests } = answering(snapshot({ state: 'stopped' }))
    await provider.getStatus({})
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ method: 'GET', url })
    expect([...(requests[0]?.headers ?? [])]).toEqual([])
  })

  it('sends its headers with every request', async () => {
    const { provider, requests } = answering(snapshot({ state: 'stale' }), { headers })
    await provider.getStatus({})
    await provider.reset?.({})
    expect(requests.map((request) => request.headers.get('authorization'))).toEqual(
      Array(4).fill(headers.authorization),
    )
  })

  it('uses its URL as id, without a query that may contain a key', () => {
    expect(ownServer({ url })).toMatchObject({ id: 'own-server', sessionId: url })
    expect(ownServer({ url: `${url}?key=${key}` }).sessionId).toBe(url)
    expect(ownServer({ url, sessionId: 'tenant-7' }).sessionId).toBe('tenant-7')
  })

  it('requests keep the query of the URL', async () => {
    const { provider, requests } = answering(snapshot({ state: 'stopped' }), { url: `${url}?tenant=7` })
    await provider.getStatus({})
    expect(requests[0]?.url).toBe(`${url}?tenant=7`)
  })

  it('accepts single values of its timing from the options', () => {
    const { timing } = ownServer({ url, timing: { qrIntervalMs: 9_000 } })
    expect(timing).toMatchObject({ qrIntervalMs: 9_000, qrLifetimeMs: 20_000 })
  })
})

describe('ownServer getStatus()', () => {
  it.each([
    ['starting', 'preparing'],
    ['stopped', 'stopped'],
    ['ready', 'unlinked'],
    ['qr', 'unlinked'],
    ['code', 'unlinked'],
    ['linking', 'linking'],
    ['stale', 'stale'],
  ])('maps "%s" to %s', async (state, status) => {
    const { provider } = answering(snapshot({ state, qr: QR_TEXT, code: 'ABCD1234' }))
    expect(await provider.getStatus({})).toEqual({ status })
  })

  it('returns the account, without fields that do not belong to it', async () => {
    const account = { phoneNumber: '5511987654321:8@s.whatsapp.net', name: 'Ana', token: key }
    const { provider } = answering(snapshot({ state: 'linked', account }))
    expect(await provider.getStatus({})).toEqual({
      status: 'linked',
      account: { phoneNumber: '5511987654321', name: 'Ana' },
    })
  })

  it.each([
    [40, 40],
    [null, undefined],
    ['all', undefined],
  ])('returns how many of the chats are copied: %s', async (syncProgress, expected) => {
    const { provider } = answering(snapshot({ state: 'linked', syncProgress }))
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: {}, syncProgress: expected })
  })

  it.each([
    ['https://example.com/passkey', 'https://example.com/passkey'],
    ['javascript:alert(1)', undefined],
    [null, undefined],
  ])('requires a passkey, with %s as the page that helps', async (helpUrl, expected) => {
    const { provider } = answering(snapshot({ state: 'passkey', helpUrl }))
    expect(await provider.getStatus({})).toEqual({ status: 'passkey-required', helpUrl: expected })
  })

  it.each<[unknown, object]>([
    [
      { step: 'assert', code: 'ABCD-EFGH', expiresInMs: 540_000 },
      { step: 'assert', expiresInMs: 540_000 },
    ],
    [{ step: 'submitted' }, { step: 'submitted' }],
    [
      { step: 'confirm', code: 'K7QM-2RTX', expiresInMs: null },
      { step: 'confirm', code: 'K7QM-2RTX' },
    ],
    [{ step: 'confirm', code: {} }, { step: 'confirm' }],
    [{ step: 'done', code: 'K7QM-2RTX', expiresInMs: -1 }, {}],
    [{ challenge: 'secret' }, {}],
    ['assert', {}],
    [null, {}],
  ])('reads the step of a ceremony from %j', async (passkey, expected) => {
    const { provider } = answering(snapshot({ state: 'passkey', passkey }))
    expect(await provider.getStatus({})).toEqual({ status: 'passkey-required', ...expected })
  })

  it.each([
    ['account-blocked', 'account-blocked'],
    ['what only its own log knows', 'session-stale'],
    [null, 'session-stale'],
  ])('fails if the server fails with the reason %j: "%s"', async (reason, code) => {
    const { provider } = answering(snapshot({ state: 'failed', reason }))
    expect((await rejection(provider.getStatus({}))).code).toBe(code)
  })

  it.each(['connected', 'constructor', '', 7, null, ['ready']])(
    'does not accept %j as a state',
    async (state) => {
      const { provider } = answering(snapshot({ state }))
      expect((await rejection(provider.getStatus({}))).code).toBe('invalid-answer')
    },
  )

  it('uses the reason of a response with an error status, and passes on its retry time', async () => {
    const { provider } = answering(json({ reason: 'rate-limited' }, 503, { 'retry-after': '7' }))
    expect(await rejection(provider.getStatus({}))).toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 7_000,
    })
  })
})

describe('ownServer getQrCode()', () => {
  it.each([
    ['the text of WhatsApp', QR_TEXT, { kind: 'text', value: QR_TEXT }],
    ['the link form that WhatsApp uses since 2026', QR_LINK, { kind: 'text', value: QR_LINK }],
    ['a data URI', `data:image/png;base64,${PNG}`, IMAGE],
    ['base64', PNG, IMAGE],
  ])('accepts %s as a code', async (_title, qr, qrCode) => {
    const { provider } = answering(snapshot({ state: 'ready', qr }))
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode })
  })

  it('passes on the remaining lifetime of the code', async () => {
    const { provider } = answering(snapshot({ state: 'qr', qr: QR_TEXT, expiresInMs: 12_345 }))
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', expiresInMs: 12_345 })
  })

  it.each([Number.NaN, -1, '20000', null])('sets no lifetime if it is %j', async (expiresInMs) => {
    const { provider } = answering(snapshot({ state: 'ready', qr: QR_TEXT, expiresInMs }))
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } })
  })

  it('returns the code even next to a pairing code, because both share one connection', async () => {
    const { provider } = answering(snapshot({ state: 'code', qr: QR_TEXT, code: 'ABCD1234' }))
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr' })
  })

  it.each([
    ['no code exists yet', { state: 'ready' }, 'preparing'],
    ['no session runs, even if an old code is left', { state: 'stopped', qr: QR_TEXT }, 'stopped'],
  ])('returns no code if %s', async (_title, fields, status) => {
    expect(await answering(snapshot(fields)).provider.getQrCode({})).toEqual({ status })
  })

  it('rejects an invalid code', async () => {
    const { provider } = answering(snapshot({ state: 'ready', qr: 'https://evil.example/qr.png' }))
    expect((await rejection(provider.getQrCode({}))).code).toBe('invalid-answer')
  })
})

describe('ownServer requestPairingCode()', () => {
  const requested = (answer: Answer): Promise<unknown> =>
    Promise.resolve(answering(answer).provider.requestPairingCode?.(number, {}))

  it('posts the number, and returns the code without its dash', async () => {
    const { provider, requests } = answering(
      snapshot({ state: 'code', code: 'abcd-1234', expiresInMs: 160_000 }),
    )
    expect(await provider.requestPairingCode?.(number, {})).toEqual({
      status: 'pairing-code',
      pairingCode: 'ABCD1234',
      expiresInMs: 160_000,
    })
    expect(requests[0]).toMatchObject({ method: 'POST', url, body: { mode: 'code', phone: '5511987654321' } })
  })

  it('reports the state that prevents a code', async () => {
    expect(await requested(snapshot({ state: 'linked' }))).toMatchObject({ status: 'linked' })
  })

  it.each<[string, Answer, string]>([
    ['no code', snapshot({ state: 'ready' }), 'code-refused'],
    ['a refusal', json({ reason: 'code-refused' }, 409), 'code-refused'],
    ['a refusal of the number', json({ reason: 'invalid-phone-number' }, 422), 'invalid-phone-number'],
    ['an invalid code', snapshot({ state: 'ready', code: '!' }), 'invalid-answer'],
  ])('rejects %s', async (_title, answer, code) => {
    expect((await rejection(requested(answer))).code).toBe(code)
  })
})

describe('ownServer reset()', () => {
  it('only starts a stopped session, so a link made in between stays', async () => {
    const stub = answering(inTurn('stopped', 'starting'))
    expect(await stub.provider.reset?.({})).toBeUndefined()
    expect(sent(stub)).toEqual(['GET', 'POST'])
    expect(stub.requests[1]?.body).toEqual({ mode: 'qr' })
  })

  it.each(['stale', 'failed', 'ready', 'starting'])('clears "%s", then starts', async (state) => {
    const stub = answering(inTurn(state, 'stopped', 'starting'))
    await stub.provider.reset?.({})
    expect(sent(stub)).toEqual(['GET', 'DELETE', 'POST'])
  })

  it('sends nothing if a phone is linked', async () => {
    const stub = answering(snapshot({ state: 'linked' }))
    await stub.provider.reset?.({})
    expect(sent(stub)).toEqual(['GET'])
  })

  it.each(['stopped', 'starting'])(
    'clears a session that is still stopped after a start, with the response %s',
    async (after) => {
      const stub = answering((request) =>
        snapshot({ state: request.method === 'POST' ? after : 'stopped' })(request),
      )
      const memory = {}
      await stub.provider.reset?.({ memory })
      await stub.provider.getQrCode({ memory })
      await stub.provider.reset?.({ memory })
      expect(sent(stub)).toEqual(['GET', 'POST', 'GET', 'GET', 'DELETE', 'POST'])
    },
  )

  it.each(['ready', 'qr', 'linking', 'linked'])('only starts again after %s', async (state) => {
    const stub = answering(inTurn('stopped', 'starting', state, 'stopped', 'starting'))
    await stub.provider.reset?.({})
    await stub.provider.getStatus({})
    await stub.provider.reset?.({})
    expect(sent(stub)).toEqual(['GET', 'POST', 'GET', 'GET', 'POST'])
  })

  it('rejects if the start fails', async () => {
    const stub = answering(inTurn('stopped', 'failed'))
    expect((await rejection(Promise.resolve(stub.provider.reset?.({})))).code).toBe('session-stale')
  })
})

describe('ownServer unlink()', () => {
  it.each<[string, Answer]>([
    ['a snapshot', snapshot({ state: 'stopped' })],
    ['an empty response with HTTP 204', () => new Response(null, { status: 204 })],
  ])('resolves after %s', async (_title, answer) => {
    const stub = answering(answer)
    expect(await stub.provider.unlink?.({})).toBeUndefined()
    expect(sent(stub)).toEqual(['DELETE'])
  })

  it.each<[string, Answer]>([
    ['other JSON', json({ ok: true })],
    ['words', text('Signed out')],
  ])('rejects after %s', async (_title, answer) => {
    expect((await rejection(Promise.resolve(answering(answer).provider.unlink?.({})))).code).toBe(
      'invalid-answer',
    )
  })
})

it('ownServer without headers can be created in a browser, because it contains no secret', () => {
  vi.stubGlobal('window', {})
  expect(ownServer({ url }).id).toBe('own-server')
  vi.unstubAllGlobals()
})

testProvider({
  name: 'ownServer',
  describe,
  it,
  create: ({ fetch, dangerouslyAllowBrowser }) =>
    ownServer({
      url,
      headers,
      fetch,
      dangerouslyAllowBrowser,
      passkey: ['answer', 'confirm', 'handoff', 'reset'],
    }),
  mockServer: (emulator) => mockOwnServer(emulator, { headers, path: '/pairing/main' }),
  secrets: [key],
  serverOnly: 'unless-allowed',
  invalid: {
    'a missing URL': () => ownServer({ url: ' ', headers }),
    'a header that no request can carry': () =>
      ownServer({ url, headers: { authorization: `${key}\n${key}` } }),
  },
})
