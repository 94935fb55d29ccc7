import { describe, expect, it } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { type ZApiOptions, zApi } from '../../src/providers/z-api.js'
import { mockZApi } from '../../src/testing.js'
import { describeAdapterRules } from './adapter-rules.js'
import {
  type Answer,
  bytes,
  IMAGE,
  json,
  PNG,
  page,
  QR_LINK,
  QR_TEXT,
  type Routes,
  rejection,
  stubRoutes,
  text,
} from './fetch-stub.js'

const instanceId = '3C01A2B4F5D6E7F8A9B0C1D2E3F4A5B6'
const token = 'E0F1A2B3C4D5E6F7A8B9C0D1'
const clientToken = 'F26fa8d3b1c2e4a5f6b7c8d9e0f1a2b3cS'
const number = normalizePhoneNumber('5511999999999')

const connected = json({ connected: true, error: 'You are already connected', smartphoneConnected: true })
const notConnected = json({ connected: false, error: 'You are not connected', smartphoneConnected: false })
const toBeRestored = json({
  connected: false,
  error: 'You need to restore the session',
  smartphoneConnected: true,
})
/** A state that is reported as an error. */
const error = (text: string, status = 400): Answer => json({ error: text }, status)
const device = {
  phone: '5511999999999',
  imgUrl: 'https://pps.whatsapp.net/v/1.jpg',
  about: 'Profile status message',
  name: 'User name',
  device: { sessionName: 'Z-API', device_model: 'Z-API' },
  originalDevice: 'iphone',
  sessionId: 175,
  isBusiness: false,
}
const account = {
  phoneNumber: '5511999999999',
  name: 'User name',
  avatarUrl: 'https://pps.whatsapp.net/v/1.jpg',
}
const challenge = { challenge: 'c2lt', timeout: 60_000, rpId: 'web.whatsapp.com', allowCredentials: [] }
const passkey = { status: 'passkey-required', step: 'assert', expiresInMs: expect.any(Number) }

function make(routes: Routes, options: Partial<ZApiOptions> = {}) {
  const stub = stubRoutes(routes)
  return { stub, provider: zApi({ instanceId, token, fetch: stub.fetch, ...options }) }
}

const requestCode = async ({ requestPairingCode }: PairingProvider) => requestPairingCode?.(number, {})
const PHONE_CODE = `GET phone-code/${number}`

describe('zApi', () => {
  it('sends requests with instance and token in the path', async () => {
    const { provider, stub } = make({ 'GET status': notConnected })
    await provider.getStatus({})
    expect(stub.requests[0]?.url).toBe(`https://api.z-api.io/instances/${instanceId}/token/${token}/status`)
  })

  it.each([
    ['sends the client token with every call', clientToken, [['client-token', clientToken]]],
    ['sends no client token if none is set', undefined, []],
    ['sends no client token if it is empty, as from an unset variable', ' ', []],
  ])('%s', async (_title, given, headers) => {
    const { provider, stub } = make(
      { 'GET status': connected, 'GET device': json(device), 'GET restart': json({ value: true }) },
      { clientToken: given },
    )
    await provider.getStatus({})
    await provider.reset?.({})
    expect(stub.requests).toHaveLength(4)
    for (const request of stub.requests) expect([...request.headers]).toEqual(headers)
  })
})

describe('zApi getStatus()', () => {
  it.each<[string, unknown]>([
    [
      'is connected and has a filled error',
      { connected: true, error: 'You are already connected', smartphoneConnected: true },
    ],
    ['is connected while its phone is offline', { connected: true, smartphoneConnected: false }],
    ['is connected and mentions restoring', { connected: true, error: 'You need to restore the session.' }],
    ['is connected and has the error "not allowed"', { connected: true, error: 'null not allowed' }],
  ])('is linked if the instance %s', async (_title, body) => {
    const { provider } = make({ 'GET status': json(body), 'GET device': json(device) })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account })
  })

  it.each<[string, unknown, string]>([
    [
      'not connected',
      { connected: false, error: 'You are not connected', smartphoneConnected: false },
      'unlinked',
    ],
    ['not connected, older text', { connected: false, error: 'You are not connected.' }, 'unlinked'],
    ['not connected, without other fields', { connected: false }, 'unlinked'],
    ['not connected, and the phone is online', { connected: false, smartphoneConnected: true }, 'unlinked'],
    ['an older field', { connected: false, session: true }, 'unlinked'],
    ['to be restored', { connected: false, error: 'You need to restore the session' }, 'stopped'],
    [
      'to be restored, older text',
      { connected: false, error: 'You need to restore the session.' },
      'stopped',
    ],
  ])('understands "%s"', async (_title, body, status) => {
    const { provider } = make({ 'GET status': json(body) })
    expect(await provider.getStatus({})).toEqual({ status })
  })

  it('understands a state that is sent as an error', async () => {
    const { provider } = make({
      'GET status': [
        error('You need to restore the session'),
        json({ message: 'You are not connected' }, 400),
      ],
    })
    expect(await provider.getStatus({})).toEqual({ status: 'stopped' })
    expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })

  it.each<[string, unknown, object]>([
    ['only a number', { phone: 5511999999999 }, { phoneNumber: '5511999999999' }],
    [
      'a picture without encryption',
      { name: 'User name', imgUrl: 'http://a.example/1.jpg' },
      { name: 'User name' },
    ],
    ['no picture', { phone: '5511999999999', imgUrl: null, name: null }, { phoneNumber: '5511999999999' }],
    ['nothing', null, {}],
  ])('reads a device with %s', async (_title, body, expected) => {
    const { provider } = make({ 'GET status': connected, 'GET device': json(body) })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: expected })
  })

  it.each<[string, Answer, string]>([
    ['a missing client token', error('null not allowed', 200), 'unauthorized'],
    ['a missing client token, HTTP 400', error('your client-token is not configured'), 'unauthorized'],
    ['a wrong client token', error('Client-Token abc not allowed', 403), 'unauthorized'],
    ['a blocked IP address', error('[203.0.113.7] not allowed', 200), 'unauthorized'],
    ['a blocked IP address, as text', text('203.0.113.7 not allowed', 400), 'unauthorized'],
    ['an unknown instance', error('NOT_FOUND', 404), 'session-not-found'],
    [
      'an unknown instance, HTTP 200',
      json({ error: 'NOT_FOUND', message: 'Unable to find matching target resource method' }),
      'session-not-found',
    ],
    ['an unknown instance, as text', json({ message: 'Instance not found' }, 400), 'session-not-found'],
    ['an unavailable instance', page(404, 'unavailable'), 'provider-unavailable'],
    ['a wrong method', error('Method Not Allowed', 405), 'invalid-answer'],
    ['an unknown error', error('whatever'), 'invalid-answer'],
    ['null', json(null), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET status': answer })
    const reported = await rejection(provider.getStatus({}))
    expect(reported.code).toBe(code)
    expect(reported.message).not.toMatch(/203\.0|whatever|abc/)
  })
})

describe('zApi getQrCode()', () => {
  it.each([
    ['bytes', undefined, 'GET qr-code'],
    ['bytes', 'bytes', 'GET qr-code'],
    ['image', 'image', 'GET qr-code/image'],
  ] as const)('requests the format %s (%s)', async (_title, qrFormat, path) => {
    const { provider, stub } = make({ [path]: json({ value: PNG }) }, { qrFormat })
    expect((await provider.getQrCode({})).status).toBe('qr')
    expect(stub.asked).toEqual([path])
  })

  describe.each(['bytes', 'image'] as const)('in format %s', (qrFormat) => {
    it.each<[string, Answer]>([
      ['a data URI', json({ value: `data:image/png;base64,${PNG}` })],
      ['a data URI with white space', json({ value: ` data:image/png;base64, ${PNG}\n` })],
      ['bare base64', json({ value: PNG })],
      ['another field', json({ qrCodeBase64: PNG })],
      ['an empty value and another field', json({ value: '', image: PNG })],
      ['plain base64', text(PNG)],
      ['a bare JSON text', json(PNG)],
      ['an image', bytes(PNG, 'image/png')],
      ['an image with another content type', bytes(PNG, 'application/octet-stream')],
    ])('shows %s as an image', async (_title, answer) => {
      const { provider } = make({ 'GET qr-code': answer, 'GET qr-code/image': answer }, { qrFormat })
      expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: IMAGE })
    })

    it.each([QR_TEXT, QR_LINK])('shows the text %s', async (value) => {
      const answer = json({ value })
      const { provider } = make({ 'GET qr-code': answer, 'GET qr-code/image': answer }, { qrFormat })
      expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: { kind: 'text', value } })
    })
  })

  it.each<[string, Answer]>([
    ['nothing', json({})],
    ['null', json(null)],
    ['a null value', json({ value: null })],
    ['"connected"', json({ connected: true })],
    ['"connected" as text', text('You are already connected')],
    ['"connected" as an error', error('You are already connected.')],
    ['"connected" as a server error', json({ message: 'already connected' }, 500)],
    ['an unknown error', error('whatever')],
  ])('reads the state before an error: linked if the response was %s', async (_title, answer) => {
    const { provider, stub } = make({
      'GET qr-code': answer,
      'GET status': connected,
      'GET device': json(device),
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'linked', account })
    expect(stub.asked).toEqual(['GET qr-code', 'GET status', 'GET device'])
  })

  it.each<[string, Answer]>([
    ['in a successful response', json({ value: null, error: 'You need to restore the session' })],
    ['in an error response', error('You need to restore the session.')],
  ])('is stopped if the session must be restored, reported %s', async (_title, answer) => {
    const { provider } = make({ 'GET qr-code': answer, 'GET status': toBeRestored })
    expect(await provider.getQrCode({})).toEqual({ status: 'stopped' })
  })

  it('is preparing if neither a code nor a link exists', async () => {
    const { provider } = make({ 'GET qr-code': json({ connected: false }), 'GET status': notConnected })
    expect(await provider.getQrCode({})).toEqual({ status: 'preparing' })
  })

  it.each<[string, unknown]>([
    ['alone', { challenge }],
    ['next to a value', { challenge, value: PNG }],
    ['as text', { challenge: 'c2lt' }],
  ])('returns passkey-required for a challenge %s', async (_title, body) => {
    const { provider, stub } = make({ 'GET qr-code': json(body) })
    expect(await provider.getQrCode({})).toEqual(passkey)
    expect(stub.asked).toEqual(['GET qr-code'])
  })

  it.each<[string, Answer, string]>([
    ['a text that is not a QR code', json({ value: 'FA48-HS63' }), 'invalid-answer'],
    ['an unknown error', error('whatever'), 'invalid-answer'],
    ['a missing client token', error('null not allowed', 200), 'unauthorized'],
    ['a missing client token, as text', text('your client-token is not configured'), 'unauthorized'],
    ['an unknown instance', error('NOT_FOUND', 200), 'session-not-found'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET qr-code': answer, 'GET status': notConnected })
    expect((await rejection(provider.getQrCode({}))).code).toBe(code)
  })

  it('rejects with the error of the status request', async () => {
    const { provider } = make({ 'GET qr-code': json({}), 'GET status': json({}, 429) })
    expect((await rejection(provider.getQrCode({}))).code).toBe('rate-limited')
  })
})

describe('zApi requestPairingCode()', () => {
  it.each<[string, unknown, string]>([
    ['the documented field, longer than real codes', { value: 'A1B2C3D4E5' }, 'A1B2C3D4E5'],
    ['a dash', { value: 'abcd-1234' }, 'ABCD1234'],
    ['another field', { code: 'ABCD1234' }, 'ABCD1234'],
    ['a third field', { phoneCode: 'ABCD1234' }, 'ABCD1234'],
    ['all of these fields', { phoneCode: 'PHON0003', code: 'CODE0002', value: 'VALU0001' }, 'VALU0001'],
    ['an empty documented field', { value: '', code: 'ABCD1234' }, 'ABCD1234'],
  ])('reads a code in %s', async (_title, body, pairingCode) => {
    const { provider, stub } = make({ [PHONE_CODE]: json(body) })
    expect(await requestCode(provider)).toEqual({ status: 'pairing-code', pairingCode })
    expect(stub.asked).toEqual([PHONE_CODE])
  })

  it('returns passkey-required for a challenge', async () => {
    const { provider } = make({ [PHONE_CODE]: json({ challenge }) })
    expect(await requestCode(provider)).toEqual(passkey)
  })

  it('is linked if the phone is already linked', async () => {
    const { provider } = make({
      [PHONE_CODE]: error('You are already connected'),
      'GET status': connected,
      'GET device': json(device),
    })
    expect(await requestCode(provider)).toEqual({ status: 'linked', account })
  })

  it('is stopped if the session must be restored', async () => {
    const { provider } = make({ [PHONE_CODE]: json({}), 'GET status': toBeRestored })
    expect(await requestCode(provider)).toEqual({ status: 'stopped' })
  })

  it.each<[string, Answer, string]>([
    ['no code', json({}), 'code-refused'],
    ['a refused number', error('Invalid phone number'), 'code-refused'],
    ['an invalid code', json({ value: '<script>' }), 'invalid-answer'],
    ['a missing client token', error('null not allowed', 200), 'unauthorized'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ [PHONE_CODE]: answer, 'GET status': notConnected })
    expect((await rejection(requestCode(provider))).code).toBe(code)
  })
})

describe('zApi reset() and unlink()', () => {
  it.each<[string, Answer, string]>([
    ['restores a session that has to be restored', toBeRestored, 'GET restore-session'],
    ['restarts an instance that is not connected', notConnected, 'GET restart'],
    [
      'restarts a connected instance, regardless of other fields',
      json({ connected: true, error: 'You need to restore the session' }),
      'GET restart',
    ],
    ['restarts if the state is not available', page(200), 'GET restart'],
  ])('%s', async (_title, status, action) => {
    const { provider, stub } = make({ 'GET status': status, [action]: json({ value: true }) })
    await provider.reset?.({})
    expect(stub.asked).toEqual(['GET status', action])
  })

  const done = json({ value: true })
  const calls = { 'GET restore-session': done, 'GET restart': done, 'GET disconnect': done }
  const resets = ({ asked }: { readonly asked: readonly string[] }) =>
    asked.filter((name) => name !== 'GET status' && name !== 'GET qr-code')

  it.each<[string, Answer, readonly string[]]>([
    ['is to be restored', toBeRestored, ['restore-session', 'restart', 'disconnect', 'restore-session']],
    [
      'is to be restored, in a text with a full stop',
      json({ connected: false, error: 'You need to restore the session.' }),
      ['restore-session', 'restart', 'disconnect'],
    ],
    [
      'is to be restored, with HTTP 400 and the text in "message"',
      json({ message: 'You need to restore the session' }, 400),
      ['restore-session', 'restart', 'disconnect'],
    ],
    ['is not connected', notConnected, ['restart', 'disconnect', 'restart']],
    [
      'is not connected, according to an error only',
      error('You are not connected.'),
      ['restart', 'disconnect'],
    ],
  ])('sends a different call than the last one while the instance %s', async (_title, status, expected) => {
    const { stub } = make({ 'GET status': status, ...calls })
    const memory = {}
    for (const _ of expected) {
      // As if each request created an adapter.
      await zApi({ instanceId, token, fetch: stub.fetch }).reset?.({ memory })
    }
    expect(resets(stub)).toEqual(expected.map((path) => `GET ${path}`))
  })

  it.each<[string, Answer]>([
    ['is connected', connected],
    ['has no available state', page(200)],
    ['returns an unknown state', json({})],
  ])('never disconnects an instance that %s', async (_title, status) => {
    const { provider, stub } = make({ 'GET status': status, ...calls })
    for (let press = 0; press < 4; press += 1) await provider.reset?.({})
    expect(resets(stub)).not.toContain('GET disconnect')
  })

  it('is stale after a restore that did not help, so that only a press of the user sends the next call', async () => {
    const { provider } = make({ 'GET status': toBeRestored, ...calls })
    expect(await provider.getStatus({})).toEqual({ status: 'stopped' })
    await provider.reset?.({})
    expect(await provider.getStatus({})).toEqual({ status: 'stale' })
  })

  it.each<[string, Answer]>([
    ['a refusal', json({ value: false })],
    ['an error of Z-API', error('Instance is busy')],
  ])('continues with the next call after %s', async (_title, refusal) => {
    const { provider, stub } = make({ 'GET status': toBeRestored, ...calls, 'GET restore-session': refusal })
    await rejection(Promise.resolve(provider.reset?.({})))
    await provider.reset?.({})
    expect(resets(stub)).toEqual(['GET restore-session', 'GET restart'])
  })

  it.each<[string, Answer]>([
    ['a page of a gateway', page(502)],
    ['an outage', () => Promise.reject(new TypeError('fetch failed'))],
  ])('sends the same call again after %s', async (_title, failure) => {
    const routes = { 'GET status': toBeRestored, ...calls, 'GET restore-session': [failure, done] }
    const { provider, stub } = make(routes)
    await rejection(Promise.resolve(provider.reset?.({})))
    await provider.reset?.({})
    expect(resets(stub)).toEqual(['GET restore-session', 'GET restore-session'])
  })

  it('starts the sequence again after a code or a link', async () => {
    const { provider, stub } = make({
      'GET status': [toBeRestored, connected, toBeRestored, toBeRestored],
      'GET device': json(device),
      'GET qr-code': json({ value: QR_TEXT }),
      ...calls,
    })
    await provider.reset?.({})
    await provider.getStatus({})
    await provider.reset?.({})
    await provider.getQrCode({})
    await provider.reset?.({})
    expect(resets(stub).filter((name) => name !== 'GET device')).toEqual(
      Array.from({ length: 3 }, () => 'GET restore-session'),
    )
  })

  it.each<[string, Answer]>([
    ['disconnects a link', done],
    ['treats an instance without a link as success', error('You are not connected')],
  ])('unlink() %s', async (_title, answer) => {
    const { provider, stub } = make({ 'GET disconnect': answer })
    await provider.unlink?.({})
    expect(stub.asked).toEqual(['GET disconnect'])
  })

  it.each<[string, Answer, string]>([
    ['a refusal', json({ value: false }), 'provider-unavailable'],
    ['a response without a value', json({}), 'invalid-answer'],
    ['a wrong method', error('Method Not Allowed', 405), 'invalid-answer'],
    ['a missing client token', error('null not allowed', 200), 'unauthorized'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET status': notConnected, 'GET restart': answer, 'GET disconnect': answer })
    expect((await rejection(Promise.resolve(provider.reset?.({})))).code).toBe(code)
    expect((await rejection(Promise.resolve(provider.unlink?.({})))).code).toBe(code)
  })
})

describeAdapterRules({
  name: 'zApi',
  make: (options) => zApi({ instanceId, token, clientToken, ...options }),
  mockServer: (emulator) => mockZApi(emulator, { instanceId, token, clientToken }),
  webhooks: [
    { type: 'ConnectedCallback', connected: true, momment: 26151515154, instanceId, phone: '5544999999999' },
    { type: 'DisconnectedCallback', disconnected: true, momment: 1580163342, instanceId },
  ],
  invalid: {
    'a missing id': () => zApi({ instanceId: '', token }),
    'a missing token': () => zApi({ instanceId, token: ' ' }),
    'a client token that no header can hold': () =>
      zApi({ instanceId, token, clientToken: `${clientToken}\n${token}` }),
  },
  secrets: [token, clientToken],
  statusAnswer: { connected: false, error: 'You are not connected' },
})
