import { beforeEach, describe, expect, it, vi } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { evolutionApiWire } from '../../src/testing.js'
import { describeAdapterRules } from './adapter-rules.js'
import {
  type Answer,
  empty,
  everythingIn,
  IMAGE,
  json,
  PNG,
  page,
  QR_LINK,
  QR_TEXT,
  rejection,
  stubFetch,
  stubRoutes,
  text,
} from './fetch-stub.js'

const baseUrl = 'https://evolution.example.com'
const apiKey = 'B6D711FC-DE4D-4FD5-9365-44120E713976'
const instanceName = 'shop'
const number = normalizePhoneNumber('5511987654321')

const state = (name: unknown): Answer => json({ instance: { instanceName, state: name } })
const codes = (code: string, more: object = {}): Answer =>
  json({ pairingCode: null, code, base64: `data:image/png;base64,${PNG}`, count: 1, ...more })
const pairing = (pairingCode: string, count = 1): Answer => codes(QR_LINK, { pairingCode, count })
const noCode = json({ count: 0 })
const failure = json({ error: true, message: '[object Object]' })
const loggedOut = json({ status: 'SUCCESS', error: false, response: { message: 'Instance logged out' } })
const problem = (status: number, message: unknown): Answer =>
  json({ status, error: 'Error', response: { message } }, status)
const notConnected = problem(400, [`The "${instanceName}" instance is not connected`])

const token = 'A1C2E3F4-0000-4000-8000-SECRETTOKEN1'
const list = (more: object = {}): Answer =>
  json([
    {
      id: '95f28b28-05f7-46ac-892f-af76aa1ecdc7',
      name: instanceName,
      connectionStatus: 'open',
      ownerJid: '5511987654321@s.whatsapp.net',
      profileName: 'Ana Souza',
      profilePicUrl: 'https://pps.whatsapp.net/v/1.jpg',
      token,
      ...more,
    },
  ])
const account = {
  phoneNumber: '5511987654321',
  name: 'Ana Souza',
  avatarUrl: 'https://pps.whatsapp.net/v/1.jpg',
  id: '5511987654321@s.whatsapp.net',
}

function make(routes: Readonly<Record<string, Answer | readonly Answer[]>>) {
  const stub = stubRoutes(routes)
  return { stub, provider: evolutionApi({ baseUrl, apiKey, instanceName, fetch: stub.fetch }) }
}

const requestCode = async ({ requestPairingCode }: PairingProvider) => requestPairingCode?.(number, {})

/** Each question takes no time, and each pause is over at once. */
async function hurried<Value>(question: () => Promise<Value>): Promise<Value> {
  const outcome = question()
  outcome.catch(() => undefined)
  await vi.advanceTimersByTimeAsync(60_000)
  return outcome
}

beforeEach(() => {
  vi.useFakeTimers()
  return () => void vi.useRealTimers()
})

describe('evolutionApi', () => {
  it('is known by its instance, and offers both methods, reset and unlink', () => {
    const { provider } = make({})
    expect(provider).toMatchObject({ id: 'evolution-api', sessionId: 'evolution.example.com/shop' })
    expect(Object.keys(provider)).toEqual(expect.arrayContaining(['requestPairingCode', 'reset', 'unlink']))
  })

  it.each([
    ['https://a.example/shop', 'one', 'a.example/shop/one'],
    ['https://a.example', 'shop/one', 'a.example/shop%2Fone'],
  ])('is one session and no other: %s, %s', (url, name, sessionId) => {
    expect(evolutionApi({ baseUrl: url, apiKey, instanceName: name }).sessionId).toBe(sessionId)
  })

  it('asks below /instance, with the key, whatever characters the name has', async () => {
    const stub = stubFetch(json({ instance: { instanceName: 'a/b ?#é', state: 'close' } }))
    await evolutionApi({ baseUrl, apiKey, instanceName: 'a/b ?#é', fetch: stub.fetch }).getStatus({})
    expect(stub.requests[0]?.url).toBe(`${baseUrl}/instance/connectionState/a%2Fb%20%3F%23%C3%A9`)
    expect(Object.fromEntries(stub.requests[0]?.headers ?? [])).toEqual({ apikey: apiKey })
  })
})

describe('evolutionApi getStatus', () => {
  it.each([
    ['close', 'unlinked'],
    ['connecting', 'unlinked'],
    ['somethingNew', 'preparing'],
    [undefined, 'preparing'],
  ])('takes %s for %s, with one question', async (name, expected) => {
    const { provider, stub } = make({ 'GET connectionState': state(name) })
    expect(await provider.getStatus({})).toEqual({ status: expected })
    expect(stub.asked).toEqual(['GET connectionState'])
  })

  it('is linked at open, and tells who, but not the token beside it', async () => {
    const { provider, stub } = make({ 'GET connectionState': state('open'), 'GET fetchInstances': list() })
    const snapshot = await provider.getStatus({})
    expect(snapshot).toEqual({ status: 'linked', account })
    expect(everythingIn(snapshot)).not.toContain(token)
    expect(stub.requests[1]?.url).toBe(`${baseUrl}/instance/fetchInstances?instanceName=shop`)
  })

  it.each<[string, Answer]>([
    ['a list without the instance', list({ name: 'another' })],
    ['no list', json({ name: instanceName, ownerJid: '1@s.whatsapp.net' })],
    ['a refusal', empty(401)],
    ['half an answer', text('[{"name":', 200, 'application/json')],
  ])('is linked without a name after %s', async (_title, answer) => {
    const { provider } = make({ 'GET connectionState': state('open'), 'GET fetchInstances': answer })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: {} })
  })

  it.each<[string, Answer, string]>([
    ['a wrong key', problem(401, 'Unauthorized'), 'unauthorized'],
    [
      'an unknown instance, also where the key is wrong: the server looks for the instance first',
      problem(404, [`The "${instanceName}" instance does not exist`]),
      'session-not-found',
    ],
    ['an object that is no state', json({ success: true }), 'invalid-answer'],
    ['an error with HTTP 200', failure, 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET connectionState': answer })
    expect((await rejection(provider.getStatus({}))).code).toBe(code)
  })
})

describe('evolutionApi getQrCode', () => {
  it('is stopped where the instance is closed: the question for a code would begin a pairing', async () => {
    const { provider, stub } = make({ 'GET connectionState': state('close') })
    expect(await provider.getQrCode({})).toEqual({ status: 'stopped' })
    expect(stub.asked).toEqual(['GET connectionState'])
  })

  it.each([
    ['the text of today', QR_LINK],
    ['the text of before', QR_TEXT],
  ])('shows %s, in place of the denser picture', async (_title, value) => {
    const { provider, stub } = make({
      'GET connectionState': state('connecting'),
      'GET connect': codes(value),
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: { kind: 'text', value } })
    expect(stub.requests[1]?.url).toBe(`${baseUrl}/instance/connect/shop`)
  })

  it('shows a code for as long as the server gives it', async () => {
    const { provider } = make({ 'GET connectionState': state('connecting'), 'GET connect': codes(QR_LINK) })
    const statuses = []
    for (let index = 0; index < 3; index += 1) statuses.push((await provider.getQrCode({})).status)
    expect(statuses).toEqual(['qr', 'qr', 'qr'])
  })

  it('shows the picture where there is no text', async () => {
    const { provider } = make({
      'GET connectionState': state('connecting'),
      'GET connect': json({ base64: `data:image/png;base64,${PNG}`, count: 1 }),
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: IMAGE })
  })

  it('waits where the count is zero and no code is there', async () => {
    const { provider } = make({ 'GET connectionState': state('connecting'), 'GET connect': noCode })
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
  })

  it('never shows a code that the server has kept from before the link', async () => {
    const { provider, stub } = make({
      'GET connectionState': state('open'),
      'GET fetchInstances': list(),
      'GET connect': codes(QR_LINK),
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'linked', account })
    expect(stub.asked).not.toContain('GET connect')
  })

  it('waits where the code is of the pairing before, until another one comes', async () => {
    const { provider } = make({
      'GET connectionState': [state('connecting'), state('open'), state('open'), state('connecting')],
      'GET fetchInstances': list({ connectionStatus: 'connecting' }),
      'GET connect': [codes(QR_TEXT), codes(QR_TEXT), codes(QR_LINK)],
    })
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect((await provider.getStatus({})).status).toBe('linked')
    expect((await provider.getStatus({})).status).toBe('linked')
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
    expect(await provider.getQrCode({})).toMatchObject({ qrCode: { value: QR_LINK } })
  })

  it('waits where the instance was linked between the two questions', async () => {
    const { provider } = make({
      'GET connectionState': state('connecting'),
      'GET connect': json({ instance: { instanceName, state: 'open' } }),
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
  })

  it.each<[string, Answer, string]>([
    ['an error with HTTP 200', failure, 'provider-unavailable'],
    ['a server error', problem(500, 'Connection Closed'), 'provider-unavailable'],
    ['a page', page(200), 'provider-unavailable'],
    ['something that is no QR code', codes('not ready'), 'invalid-answer'],
    ['an empty body', empty(), 'invalid-answer'],
    ['half an answer', text('{"code":"2@', 200, 'application/json'), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET connectionState': state('connecting'), 'GET connect': answer })
    expect((await rejection(provider.getQrCode({}))).code).toBe(code)
  })
})

describe('evolutionApi, between two states', () => {
  it('waits in the moment after a scan, in which a new device is closed and connects again', async () => {
    const { provider, stub } = make({
      'GET connectionState': [state('connecting'), state('close'), state('open')],
      'GET connect': codes(QR_LINK),
      'GET fetchInstances': list(),
    })
    expect((await provider.getQrCode({})).status).toBe('qr')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
    expect((await provider.getStatus({})).status).toBe('linked')
    expect(stub.asked.filter((name) => name === 'GET connect')).toHaveLength(1)
  })

  it('is stopped where it stays closed', async () => {
    const { provider } = make({ 'GET connectionState': [state('connecting'), state('close')] })
    await provider.getStatus({})
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await provider.getQrCode({})).toEqual({ status: 'stopped' })
  })

  it.each(['connecting', 'close'])(
    'does not take a link that is lost for a moment for one that is gone: %s',
    async (name) => {
      const { provider } = make({
        'GET connectionState': [state('open'), state(name)],
        'GET fetchInstances': list(),
      })
      await provider.getStatus({})
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
      expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
    },
  )

  it('is unlinked at once where the phone has removed the device', async () => {
    const { provider } = make({
      'GET connectionState': [state('open'), state('close')],
      'GET fetchInstances': [list(), list({ connectionStatus: 'close' })],
    })
    await provider.getStatus({})
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(await provider.getQrCode({})).toEqual({ status: 'stopped' })
  })
})

describe('evolutionApi requestPairingCode', () => {
  it('begins a pairing with the number', async () => {
    const { provider, stub } = make({
      'GET connectionState': state('close'),
      'GET connect': pairing('LKJBTJ5C'),
    })
    expect(await requestCode(provider)).toEqual({ status: 'pairing-code', pairingCode: 'LKJBTJ5C' })
    expect(stub.requests[1]?.url).toBe(`${baseUrl}/instance/connect/shop?number=5511987654321`)
  })

  it('ends the pairing that is under way first: a number is ignored in the middle of one', async () => {
    const { provider, stub } = make({
      'GET connectionState': state('connecting'),
      'DELETE logout': loggedOut,
      'GET connect': pairing('LKJBTJ5C'),
    })
    await requestCode(provider)
    expect(stub.asked).toEqual(['GET connectionState', 'GET fetchInstances', 'DELETE logout', 'GET connect'])
  })

  it('leaves no moment between the two in which another page would find the instance closed', async () => {
    const others: Promise<unknown>[] = []
    const { provider, stub } = make({
      'GET connectionState': state('connecting'),
      'DELETE logout'(request) {
        others.push(provider.getQrCode({}))
        return loggedOut(request)
      },
      'GET connect': pairing('LKJBTJ5C'),
    })
    await requestCode(provider)
    await Promise.all(others)
    expect(stub.asked.slice(2)).toEqual([
      'DELETE logout',
      'GET connect',
      'GET connectionState',
      'GET connect',
    ])
  })

  it('asks again until the code is there, which comes after the QR code', async () => {
    const { provider, stub } = make({
      'GET connectionState': state('close'),
      'GET connect': [noCode, codes(QR_LINK), pairing('LKJBTJ5C')],
    })
    const question = requestCode(provider)
    await vi.advanceTimersByTimeAsync(1_999)
    expect(stub.asked.filter((name) => name === 'GET connect')).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(await question).toMatchObject({ pairingCode: 'LKJBTJ5C' })
  })

  it('does not give the code of the pairing before, which the server repeats at first', async () => {
    const { provider } = make({
      'GET connectionState': [state('close'), state('connecting')],
      'DELETE logout': loggedOut,
      'GET connect': [pairing('LKJBTJ5C'), pairing('LKJBTJ5C', 2), pairing('98QRSTVW', 2)],
    })
    await requestCode(provider)
    expect(await hurried(() => requestCode(provider))).toMatchObject({ pairingCode: '98QRSTVW' })
  })

  it('gives up after a dozen questions without a code', async () => {
    const { provider, stub } = make({ 'GET connectionState': state('close'), 'GET connect': noCode })
    const error = await rejection(hurried(() => requestCode(provider)))
    expect(error).toMatchObject({ code: 'provider-unavailable', action: 'retry' })
    expect(stub.asked.filter((name) => name === 'GET connect')).toHaveLength(12)
  })

  it('ends with its signal, also between two questions', async () => {
    const { provider, stub } = make({ 'GET connectionState': state('close'), 'GET connect': noCode })
    const controller = new AbortController()
    const question = provider.requestPairingCode?.(number, { signal: controller.signal })
    const outcome = rejection(Promise.resolve(question))
    await vi.advanceTimersByTimeAsync(500)
    controller.abort()
    expect((await outcome).code).toBe('aborted')
    expect(stub.asked).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is linked where the instance is, or becomes so', async () => {
    const linked = make({ 'GET connectionState': state('open'), 'GET fetchInstances': list() })
    expect(await requestCode(linked.provider)).toEqual({ status: 'linked', account })
    const restored = make({
      'GET connectionState': [state('close'), state('open')],
      'GET connect': json({ instance: { instanceName, state: 'open' } }),
      'GET fetchInstances': list(),
    })
    expect(await requestCode(restored.provider)).toEqual({ status: 'linked', account })
  })

  it('does not disturb a device that connects for the first time', async () => {
    const { provider, stub } = make({ 'GET connectionState': [state('connecting'), state('close')] })
    await provider.getStatus({})
    expect((await rejection(requestCode(provider))).code).toBe('provider-unavailable')
    expect(stub.asked).toEqual(['GET connectionState', 'GET connectionState'])
  })

  it.each<[string, Answer, string]>([
    ['an error with HTTP 200', failure, 'provider-unavailable'],
    ['something that is no code', pairing('?'), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET connectionState': state('close'), 'GET connect': answer })
    expect((await rejection(requestCode(provider))).code).toBe(code)
  })
})

describe('evolutionApi, while a pairing code is to be entered', () => {
  const follow = async (...answers: readonly Answer[]) => {
    const made = make({
      'GET connectionState': [state('close'), state('connecting')],
      'GET connect': [pairing('AAAA1111', 4), ...answers],
      'DELETE logout': loggedOut,
    })
    await requestCode(made.provider)
    return made
  }

  it('tells of the code that comes with the next QR code, and with the one after that', async () => {
    const { provider, stub } = await follow(
      pairing('AAAA1111', 4),
      pairing('BBBB2222', 5),
      pairing('CCCC3333', 6),
    )
    const told = []
    for (let index = 0; index < 3; index += 1) told.push(await provider.getStatus({}))
    expect(told).toEqual([
      { status: 'pairing-code', pairingCode: 'AAAA1111' },
      { status: 'pairing-code', pairingCode: 'BBBB2222' },
      // Gone before the server replaces it: nothing would come in its place.
      { status: 'pairing-code', pairingCode: 'CCCC3333', expiresInMs: 40_000 },
    ])
    expect(stub.requests.at(-1)?.url).toBe(`${baseUrl}/instance/connect/shop?number=5511987654321`)
  })

  it('tells of no fourth code, so that a page nobody looks at comes to an end', async () => {
    const { provider, stub } = await follow(pairing('DDDD4444', 7))
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    const before = stub.requests.length
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
    expect(stub.requests.length).toBe(before + 1)
  })

  it('shows the QR code of the same pairing to whoever would rather scan', async () => {
    const { provider } = await follow(pairing('AAAA1111', 4))
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr', qrCode: { value: QR_LINK } })
  })

  it('tells of no code after a reset', async () => {
    const { provider } = await follow(codes(QR_LINK), pairing('BBBB2222', 5))
    await vi.advanceTimersByTimeAsync(5_000)
    await provider.reset?.({})
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })
})

describe('evolutionApi reset', () => {
  it('begins a pairing where the instance is closed', async () => {
    const { provider, stub } = make({ 'GET connectionState': state('close'), 'GET connect': codes(QR_LINK) })
    await provider.reset?.({})
    expect(stub.requests.map(({ url }) => url)).toEqual([
      `${baseUrl}/instance/connectionState/shop`,
      `${baseUrl}/instance/connect/shop`,
    ])
  })

  it('logs out what hangs in the middle of a pairing, and begins another', async () => {
    const { provider, stub } = make({
      'GET connectionState': state('connecting'),
      'DELETE logout': loggedOut,
      'GET connect': noCode,
    })
    await provider.reset?.({})
    expect(stub.asked).toEqual(['GET connectionState', 'GET fetchInstances', 'DELETE logout', 'GET connect'])
  })

  it.each<[string, (provider: PairingProvider) => Promise<unknown>]>([
    ['reset', async (provider) => provider.reset?.({})],
    ['a pairing code', requestCode],
  ])(
    'never ends a link that only connects again, and was not seen by this object: %s',
    async (_title, ask) => {
      const { provider, stub } = make({
        'GET connectionState': state('connecting'),
        'GET fetchInstances': list(),
      })
      expect((await rejection(ask(provider))).code).toBe('provider-unavailable')
      expect(stub.asked).toEqual(['GET connectionState', 'GET fetchInstances'])
    },
  )

  it('of several pages at once begins one pairing, and ends none of them', async () => {
    const { provider, stub } = make({
      'GET connectionState': [state('close'), state('connecting')],
      'GET connect': codes(QR_LINK),
      'DELETE logout': loggedOut,
    })
    await provider.reset?.({})
    await provider.reset?.({})
    expect(stub.asked).toEqual(['GET connectionState', 'GET connect', 'GET connectionState'])
    await vi.advanceTimersByTimeAsync(5_000)
    await provider.reset?.({})
    expect(stub.asked).toContain('DELETE logout')
  })

  it('leaves a link alone', async () => {
    const { provider, stub } = make({ 'GET connectionState': state('open'), 'GET fetchInstances': list() })
    await provider.reset?.({})
    expect(stub.asked).toEqual(['GET connectionState', 'GET fetchInstances'])
  })

  it.each([
    ['begins a pairing where it stays closed', state('close'), ['GET connect']],
    ['does nothing where it is linked then', state('open'), ['GET fetchInstances']],
  ])('waits where the instance has closed just now, and %s', async (_title, later, expected) => {
    const { provider, stub } = make({
      'GET connectionState': [state('connecting'), state('close'), later],
      'GET fetchInstances': list(),
      'GET connect': noCode,
    })
    await provider.getStatus({})
    await hurried(async () => provider.reset?.({}))
    expect(stub.asked.slice(3)).toEqual(expected)
  })

  it('reports a start that failed with HTTP 200', async () => {
    const { provider } = make({ 'GET connectionState': state('close'), 'GET connect': failure })
    expect((await rejection(Promise.resolve(provider.reset?.({})))).code).toBe('provider-unavailable')
  })
})

describe('evolutionApi unlink', () => {
  it.each<[string, Answer]>([
    ['logs out', loggedOut],
    ['is done where nothing is linked', notConnected],
  ])('%s', async (_title, answer) => {
    const { provider, stub } = make({ 'DELETE logout': answer })
    await provider.unlink?.({})
    expect(stub.asked).toEqual(['DELETE logout'])
  })

  it.each(['open', 'connecting'])('is over at once, after %s: nothing is on its way then', async (name) => {
    const { provider } = make({
      'GET connectionState': [state(name), state('close')],
      'GET fetchInstances': list(),
      'DELETE logout': loggedOut,
    })
    await provider.getStatus({})
    await provider.unlink?.({})
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })

  it.each<[string, Answer, string]>([
    ['another refusal', problem(400, ['number is required']), 'invalid-answer'],
    ['a connection that is lost', problem(500, 'Connection Closed'), 'provider-unavailable'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'DELETE logout': answer })
    expect((await rejection(Promise.resolve(provider.unlink?.({})))).code).toBe(code)
  })
})

describe('evolutionApi readWebhook', () => {
  const { provider } = make({})
  const event = (name: string, data: unknown, instance: unknown = instanceName): unknown => ({
    event: name,
    instance,
    data,
    server_url: baseUrl,
    date_time: '2026-11-20T23:16:54.476Z',
    sender: '5511987654321@s.whatsapp.net',
    apikey: token,
  })
  const qrcode = (fields: object): unknown =>
    event('qrcode.updated', { qrcode: { instance: 'shop', ...fields } })

  it.each<[string, unknown, unknown]>([
    [
      'a code',
      qrcode({ pairingCode: null, code: QR_LINK }),
      { status: 'qr', qrCode: { kind: 'text', value: QR_LINK } },
    ],
    ['a picture', qrcode({ base64: `data:image/png;base64,${PNG}` }), { status: 'qr', qrCode: IMAGE }],
    [
      'a code with a pairing code beside it, of which only the next question knows whether it may be shown',
      qrcode({ pairingCode: 'LKJBTJ5C', code: QR_LINK }),
      { status: 'qr', qrCode: { kind: 'text', value: QR_LINK } },
    ],
    [
      'the limit of codes',
      event('qrcode.updated', { message: 'QR code limit reached', statusCode: 500 }),
      { status: 'stopped' },
    ],
    [
      'the end of the codes',
      event('connection.update', { state: 'refused', statusReason: 428 }),
      { status: 'stopped' },
    ],
    [
      'a connection that begins',
      event('connection.update', { state: 'connecting' }),
      { status: 'preparing' },
    ],
    ['a logout', event('connection.update', { state: 'close', statusReason: 401 }), { status: 'unlinked' }],
    [
      'a link',
      event('connection.update', {
        state: 'open',
        wuid: account.id,
        profileName: account.name,
        profilePictureUrl: account.avatarUrl,
      }),
      { status: 'linked', account },
    ],
  ])('reads %s, and no token', (_title, body, expected) => {
    const snapshot = provider.readWebhook?.(body)
    expect(snapshot).toEqual(expected)
    expect(everythingIn(snapshot)).not.toContain(token)
  })

  it.each<[string, unknown]>([
    ['another instance', event('connection.update', { state: 'open' }, 'another')],
    ['another event', event('messages.upsert', { state: 'open' })],
    ['a state of no name', event('connection.update', {})],
    ['a code that is none', event('qrcode.updated', { qrcode: { code: 'soon' } })],
    ['a pairing code alone', qrcode({ pairingCode: 'LKJBTJ5C' })],
    ['codes that are not there', event('qrcode.updated', null)],
    ['an empty body', undefined],
    ['a list', []],
    ['text', 'connection.update'],
  ])('has nothing to say about %s', (_title, body) => {
    expect(provider.readWebhook?.(body)).toBeUndefined()
  })
})

describeAdapterRules({
  name: 'evolutionApi',
  make: (options) => evolutionApi({ baseUrl, apiKey, instanceName, ...options }),
  wire: (emulator) => evolutionApiWire(emulator, { apiKey, instanceName, token }),
  webhooks: [
    { event: 'qrcode.updated', instance: instanceName, data: { qrcode: { code: QR_LINK } }, apikey: token },
    {
      event: 'connection.update',
      instance: instanceName,
      data: { state: 'open', wuid: account.id, profileName: account.name },
      apikey: token,
    },
  ],
  foreignWebhooks: [{ event: 'connection.update', instance: 'another', data: { state: 'open' } }],
  invalid: {
    'a missing name': () => evolutionApi({ baseUrl, apiKey, instanceName: '' }),
    'a missing key': () => evolutionApi({ baseUrl, apiKey: ' ', instanceName }),
    'a key that no header can hold': () =>
      evolutionApi({ baseUrl, apiKey: `${apiKey}\n`.repeat(2), instanceName }),
  },
  secrets: [apiKey, token],
  statusAnswer: { instance: { instanceName, state: 'open' } },
  hasDefaultUrl: false,
})
