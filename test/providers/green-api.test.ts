import { describe, expect, it, vi } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import { mockGreenApi, mockGreenApiSocket } from '../../src/testing.js'
import { describeAdapterRules } from './adapter-rules.js'
import {
  type Answer,
  empty,
  IMAGE,
  json,
  PNG,
  page,
  type Routes,
  rejection,
  stubRoutes,
  text,
  withFakeTimers,
} from './fetch-stub.js'

const idInstance = '1101000001'
const apiTokenInstance = 'd75b3a66374942c5b3c019c698abc2067e151558acbd451234'
const number = normalizePhoneNumber('441234567890')

const state = (stateInstance: unknown): Answer => json({ stateInstance })
const qr = (type: string, message?: unknown): Answer => json({ type, message })
const error = (message: string, status = 400): Answer => json({ message }, status)

const STARTING = 'instance in starting process try later'
const HAS_AUTH = 'Instance has auth. You need to make log out'

const waSettings = {
  avatar: 'https://pps.whatsapp.net/v/t61.24694-24/1.jpg?oe=6558',
  phone: '79001234567',
  stateInstance: 'authorized',
  deviceId: '79001234567:8@s.whatsapp.net',
}
const account = {
  phoneNumber: '79001234567',
  avatarUrl: 'https://pps.whatsapp.net/v/t61.24694-24/1.jpg?oe=6558',
  id: '79001234567:8@s.whatsapp.net',
}

function make(routes: Routes) {
  const stub = stubRoutes(routes)
  return { stub, provider: greenApi({ idInstance, apiTokenInstance, fetch: stub.fetch }) }
}

const requestCode = async ({ requestPairingCode }: PairingProvider) => requestPairingCode?.(number, {})

describe('greenApi', () => {
  it('uses the instance as its session id, which may be a number', () => {
    expect(greenApi({ idInstance: 1101000001, apiTokenInstance }).sessionId).toBe(idInstance)
  })

  it('sends requests to the host of the console, with instance, method and token in the path', async () => {
    const { fetch, requests } = stubRoutes({ 'GET getStateInstance': state('notAuthorized') })
    await greenApi({
      idInstance,
      apiTokenInstance,
      apiUrl: 'https://7105.api.greenapi.com',
      fetch,
    }).getStatus({})
    expect(requests.map(({ url }) => url)).toEqual([
      `https://7105.api.greenapi.com/waInstance${idInstance}/getStateInstance/${apiTokenInstance}`,
    ])
  })

  it('sends no header with a GET, because the provider allows browsers only two others', async () => {
    const { provider, stub } = make({
      'GET getStateInstance': state('authorized'),
      'GET getWaSettings': json(waSettings),
      'GET logout': json({ isLogout: true }),
    })
    await provider.getStatus({})
    await provider.unlink?.({})
    for (const { headers } of stub.requests) expect([...headers]).toEqual([])
  })
})

describe('greenApi getStatus()', () => {
  it.each([
    ['notAuthorized', 'unlinked'],
    ['starting', 'preparing'],
    ['pendingCode', 'preparing'],
    ['pendingPassword', 'preparing'],
    ['somethingNew', 'preparing'],
    ['authorized', 'linked'],
    ['yellowCard', 'linked'],
    ['suspended', 'linked'],
    ['sleepMode', 'linked'],
  ])('maps %s to %s', async (stateInstance, status) => {
    const { provider } = make({
      'GET getStateInstance': state(stateInstance),
      'GET getWaSettings': json(waSettings),
    })
    expect((await provider.getStatus({})).status).toBe(status)
  })

  it('reports a banned account as an error', async () => {
    const { provider } = make({ 'GET getStateInstance': state('blocked') })
    expect((await rejection(provider.getStatus({}))).code).toBe('account-blocked')
  })

  it.each([
    ['null', json(null)],
    ['missing', empty(204)],
  ])('returns "preparing" while the instance is being created, with body %s', async (_title, answer) => {
    const { provider } = make({ 'GET getStateInstance': answer })
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
  })

  it.each<[string, unknown, object]>([
    ['the number as a number', { phone: 79001234567 }, { phoneNumber: '79001234567' }],
    ['zero instead of a number', { phone: 0 }, {}],
    ['empty texts', { avatar: '', phone: '', deviceId: '', chatId: '' }, {}],
    [
      'a picture without encryption',
      { phone: '79001234567', avatar: 'http://a.example/1.jpg' },
      { phoneNumber: '79001234567' },
    ],
    ['a picture that is a script', { avatar: 'javascript:alert(1)' }, {}],
    [
      'fields of newer documentation',
      { ...waSettings, chatId: '1@lid', suspendedUntil: 0, base64Avatar: 'aGk=' },
      account,
    ],
    ['null', null, {}],
  ])('reads account data with %s', async (_title, settings, expected) => {
    const { provider } = make({
      'GET getStateInstance': state('authorized'),
      'GET getWaSettings': json(settings),
    })
    expect(await provider.getStatus({})).toEqual({ status: 'linked', account: expected })
  })

  it.each([
    [0, 0],
    [40, 40],
    [100, 100],
    ['', undefined],
    [null, undefined],
    [-1, undefined],
    [4_000, undefined],
  ])(
    'returns how many of the chats are copied, with the same request: %s',
    async (historySyncProgress, expected) => {
      const { provider, stub } = make({
        'GET getStateInstance': state('authorized'),
        'GET getWaSettings': json({ ...waSettings, historySyncProgress }),
      })
      expect(await provider.getStatus({})).toEqual({ status: 'linked', account, syncProgress: expected })
      expect(stub.asked).toEqual(['GET getStateInstance', 'GET getWaSettings'])
    },
  )

  it('is preparing while an earlier link is being cleaned up', async () => {
    const { provider } = make({
      'GET getStateInstance': state('authorized'),
      'GET getWaSettings': json({ ...waSettings, logoutProcess: true }),
    })
    expect(await provider.getStatus({})).toEqual({ status: 'preparing' })
  })
})

describe('greenApi getQrCode()', () => {
  it.each([
    ['bare base64', PNG],
    ['a data URI', `data:image/png;base64,${PNG}`],
    ['a data URI with a space, as in the documentation', `data:image/png;base64, ${PNG}`],
    ['base64 in lines', `${PNG.slice(0, 40)}\r\n${PNG.slice(40)}\n`],
  ])('shows %s', async (_title, message) => {
    const { provider, stub } = make({ 'GET qr': qr('qrCode', message) })
    expect(await provider.getQrCode({})).toEqual({ status: 'qr', qrCode: IMAGE })
    expect(stub.asked).toEqual(['GET qr'])
  })

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['not an image', 'not an image'],
    ['a script', 'javascript:alert(1)'],
    ['a page', 'data:text/html;base64,PGI+aGk8L2I+'],
  ])('refuses an image that is %s', async (_title, message) => {
    const { provider } = make({ 'GET qr': qr('qrCode', message) })
    expect((await rejection(provider.getQrCode({}))).code).toBe('invalid-answer')
  })

  it.each<[string, Answer]>([
    ['starting', state('starting')],
    ['unknown', json(null)],
    ['behind', state('notAuthorized')],
    ['unavailable', json({}, 429)],
  ])('is linking after the scan while the state is %s', async (_title, answer) => {
    const { provider } = make({
      'GET qr': qr('alreadyLogged', 'instance account already authorized'),
      'GET getStateInstance': answer,
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'linking' })
  })

  it.each(['authorized', 'yellowCard', 'suspended', 'somethingNew'])(
    'is linked after the scan if the state is %s',
    async (stateInstance) => {
      const { provider, stub } = make({
        'GET qr': qr('alreadyLogged', 'instance account already authorized'),
        'GET getStateInstance': state(stateInstance),
        'GET getWaSettings': json(waSettings),
      })
      expect(await provider.getQrCode({})).toEqual({ status: 'linked', account })
      expect(stub.asked).toEqual(['GET qr', 'GET getStateInstance', 'GET getWaSettings'])
    },
  )

  it('reports a banned account that is logged in', async () => {
    const { provider } = make({ 'GET qr': qr('alreadyLogged'), 'GET getStateInstance': state('blocked') })
    expect((await rejection(provider.getQrCode({}))).code).toBe('account-blocked')
  })

  const settled = json({ ...waSettings, logoutProcess: false })

  it.each([
    ['stale, in the documented form', qr('error', HAS_AUTH), settled, 'stale'],
    ['stale, in an older form', qr('error', 'Account has auth, you need to make LOGOUT'), settled, 'stale'],
    ['stale, with HTTP 400', error(HAS_AUTH), settled, 'stale'],
    ['stale, and nothing else is known', qr('error', HAS_AUTH), page(502), 'stale'],
    ['being cleared', qr('error', HAS_AUTH), json({ logoutProcess: true }), 'preparing'],
  ])('leftovers that block the pairing are %s', async (_title, answer, settings, status) => {
    const { provider } = make({ 'GET qr': answer, 'GET getWaSettings': settings })
    expect(await provider.getQrCode({})).toEqual({ status })
  })

  it.each(['passkeyRequired', 'PassKeyRequire', 'passKeyRequired', 'PASSKEY_REQUIRED', 'passkey-required'])(
    'returns passkey-required for the type %s, without the page for developers',
    async (type) => {
      const { provider } = make({ 'GET qr': qr(type, type) })
      expect(await provider.getQrCode({})).toEqual({ status: 'passkey-required' })
    },
  )

  it.each([undefined, null, 7, {}, 'passkey', 'passkeyRequiredLater'])(
    'does not treat the type %s as a passkey',
    async (type) => {
      const { provider } = make({ 'GET qr': json({ type, message: 'passkeyRequired' }) })
      expect((await rejection(provider.getQrCode({}))).code).toBe('invalid-answer')
    },
  )

  it('remembers a passkey for ten minutes, because the state of the instance does not report it', () =>
    withFakeTimers(async () => {
      const memory = {}
      const { provider } = make({
        'GET qr': qr('PassKeyRequire'),
        'GET getStateInstance': [...Array(2).fill(state('notAuthorized')), state('starting')],
      })
      expect((await provider.getStatus({ memory })).status).toBe('unlinked')
      await provider.getQrCode({ memory })
      expect(await provider.getStatus({ memory })).toEqual({ status: 'passkey-required' })
      vi.advanceTimersByTime(599_999)
      expect((await provider.getStatus({ memory })).status).toBe('passkey-required')
      vi.advanceTimersByTime(1)
      expect((await provider.getStatus({ memory })).status).toBe('preparing')
    }))

  it.each<[string, (provider: PairingProvider) => unknown]>([
    ['a link', (provider) => provider.getStatus({})],
    ['a QR code', (provider) => provider.getQrCode({})],
    ['unlink()', (provider) => provider.unlink?.({})],
    ['reset()', (provider) => provider.reset?.({})],
  ])('%s ends the ceremony', async (title, end) => {
    const first = state(title === 'a link' ? 'authorized' : 'notAuthorized')
    const { provider } = make({
      'GET qr': [qr('passkeyRequired'), qr('qrCode', PNG)],
      'GET getStateInstance': [first, state('notAuthorized')],
      'GET getWaSettings': json(waSettings),
      'GET logout': json({ isLogout: true }),
    })
    await provider.getQrCode({})
    await end(provider)
    // reset() or the link used the first state.
    for (let count = 0; count < 2; count += 1)
      expect(await provider.getStatus({})).toEqual({ status: 'unlinked' })
  })

  it.each<[string, Answer, string]>([
    ['null', json(null), 'preparing'],
    ['starting, HTTP 200', qr('error', STARTING), 'preparing'],
    ['starting, HTTP 400', json({ statusCode: 400, message: STARTING }, 400), 'preparing'],
    ['starting, plain text', text(STARTING, 400), 'preparing'],
    ['starting or not', error('instance is starting or not authorized'), 'preparing'],
    ['clean-up', qr('error', 'Authorization to the instance is not possible. Please wait'), 'preparing'],
    ['not authorized', json({ error: 'instance account not authorized' }, 400), 'unlinked'],
  ])('understands the response "%s"', async (_title, answer, status) => {
    const { provider } = make({ 'GET qr': answer })
    expect(await provider.getQrCode({})).toEqual({ status })
  })

  it('reads "already authorized" as an error text', async () => {
    const { provider } = make({
      'GET qr': error('instance account already authorized'),
      'GET getStateInstance': state('authorized'),
      'GET getWaSettings': json(waSettings),
    })
    expect(await provider.getQrCode({})).toEqual({ status: 'linked', account })
  })

  it.each<[string, Answer, string]>([
    [
      'an expired plan',
      error('Instance account is expired. Renew your instance from personal area'),
      'subscription-expired',
    ],
    [
      'an expired plan with HTTP 200',
      qr('error', 'Instance account is expired. Renew your instance from personal area'),
      'subscription-expired',
    ],
    [
      'an exhausted quota',
      json({ invokeStatus: { method: 'qr', used: 100, total: 100, status: 'QUOTE_EXCEEDED' } }, 466),
      'subscription-expired',
    ],
    ['a deleted instance', text('Instance is deleted', 400), 'session-not-found'],
    ['the page of a gateway', page(404, '404 Not Found'), 'provider-unavailable'],
    ['an unknown instance', error('Not Found', 404), 'session-not-found'],
    ['an unknown text', qr('error', 'something went wrong'), 'invalid-answer'],
    ['an unknown type', qr('somethingNew', 'hello'), 'invalid-answer'],
    ['the end of the WebSocket', qr('timeoutExpired', 'timeoutExpired'), 'invalid-answer'],
    ['an expired code', qr('error', 'QR code expired'), 'invalid-answer'],
    ['a refused request', error('bad request data'), 'invalid-answer'],
    ['a page about an instance that starts', page(502, 'starting'), 'provider-unavailable'],
    [
      'a page that contains one of the known words',
      page(400, 'This domain was deleted'),
      'provider-unavailable',
    ],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET qr': answer })
    const reported = await rejection(provider.getQrCode({}))
    expect(reported.code).toBe(code)
    expect(reported.message).not.toMatch(/something went wrong|hello|Renew your instance from/)
  })
})

describe('greenApi requestPairingCode()', () => {
  it('sends the number as an integer, and returns the code', async () => {
    const { provider, stub } = make({ 'POST getAuthorizationCode': json({ status: true, code: 'GAPI2015' }) })
    expect(await requestCode(provider)).toEqual({ status: 'pairing-code', pairingCode: 'GAPI2015' })
    expect(stub.requests[0]?.body).toEqual({ phoneNumber: 441234567890 })
    expect([...(stub.requests[0]?.headers ?? [])]).toEqual([['content-type', 'application/json']])
  })

  it('keeps every digit of the longest number', async () => {
    const { provider, stub } = make({ 'POST getAuthorizationCode': json({ status: true, code: 'GAPI2015' }) })
    await provider.requestPairingCode?.(normalizePhoneNumber('999999999999999'), {})
    expect(stub.requests[0]?.init.body).toBe('{"phoneNumber":999999999999999}')
  })

  it.each<[string, Answer, string]>([
    ['a refusal with HTTP 200', json({ status: false }), 'code-refused'],
    ['a refusal with an empty code', json({ status: false, code: '' }), 'code-refused'],
    ['an instance without authorization', error('instance account not authorized'), 'code-refused'],
    ['an instance that is starting', error(STARTING), 'provider-unavailable'],
    ['a refused number', text('Bad Request\nValidation failed', 400), 'invalid-phone-number'],
    ['a number with details', error('Validation failed. Details: "phoneNumber"'), 'invalid-phone-number'],
    ['refused request data', error('bad request data'), 'invalid-phone-number'],
    ['an expired plan', error('Instance account is expired. Renew…'), 'subscription-expired'],
    ['success without a code', json({ status: true }), 'invalid-answer'],
    ['an invalid code', json({ status: true, code: '<b>' }), 'invalid-answer'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'POST getAuthorizationCode': answer })
    expect((await rejection(requestCode(provider))).code).toBe(code)
  })

  it('is stale if leftovers block the pairing', async () => {
    const { provider } = make({
      'POST getAuthorizationCode': error(HAS_AUTH),
      'GET getWaSettings': json({}),
    })
    expect(await requestCode(provider)).toEqual({ status: 'stale' })
  })

  it('is linked if the phone is already linked', async () => {
    const { provider } = make({
      'POST getAuthorizationCode': error('instance account already authorized'),
      'GET getStateInstance': state('authorized'),
      'GET getWaSettings': json(waSettings),
    })
    expect(await requestCode(provider)).toEqual({ status: 'linked', account })
  })
})

describe.each(['reset', 'unlink'] as const)('greenApi %s', (action) => {
  it.each<[string, Answer]>([
    ['logs the instance out', json({ isLogout: true })],
    ['treats an instance without a link as success', error('instance account not authorized')],
  ])('%s', async (_title, answer) => {
    const { provider, stub } = make({ 'GET getStateInstance': state('notAuthorized'), 'GET logout': answer })
    await expect(provider[action]?.({})).resolves.toBeUndefined()
    expect(stub.asked.filter((asked) => asked !== 'GET getStateInstance')).toEqual(['GET logout'])
  })

  it.each<[string, Answer, string]>([
    ['a refusal', json({ isLogout: false }), 'invalid-answer'],
    ['an instance that is starting', error(STARTING), 'provider-unavailable'],
    ['a wrong token', empty(401), 'unauthorized'],
  ])('reports %s', async (_title, answer, code) => {
    const { provider } = make({ 'GET getStateInstance': state('notAuthorized'), 'GET logout': answer })
    expect((await rejection(Promise.resolve(provider[action]?.({})))).code).toBe(code)
  })
})

describe('greenApi reset() after a reset that did not help', () => {
  const calls = { 'GET reboot': json({ isReboot: true }), 'GET logout': json({ isLogout: true }) }
  const resets = ({ asked }: { readonly asked: readonly string[] }) =>
    asked.filter((name) => name === 'GET reboot' || name === 'GET logout')

  it.each([
    ['starting', ['GET reboot', 'GET logout', 'GET reboot']],
    ['notAuthorized', ['GET logout', 'GET reboot', 'GET logout']],
    ['sleepMode', ['GET logout', 'GET reboot']],
  ])('sends a different call than the last one while the state is %s', async (name, expected) => {
    const { stub } = make({ 'GET getStateInstance': state(name), ...calls })
    const memory = {}
    for (const _ of expected) {
      // As if each request created an adapter.
      await greenApi({ idInstance, apiTokenInstance, fetch: stub.fetch }).reset?.({ memory })
    }
    expect(resets(stub)).toEqual(expected)
  })

  it('reboots after a logout for which the instance was too busy', async () => {
    const busy = { 'GET logout': error(STARTING) }
    const { provider, stub } = make({ 'GET getStateInstance': state('notAuthorized'), ...calls, ...busy })
    await rejection(Promise.resolve(provider.reset?.({})))
    await provider.reset?.({})
    expect(resets(stub)).toEqual(['GET logout', 'GET reboot'])
  })

  it('starts the sequence again after a code', async () => {
    const { provider, stub } = make({
      'GET getStateInstance': state('notAuthorized'),
      'GET qr': json({ type: 'qrCode', message: PNG }),
      ...calls,
    })
    await provider.reset?.({})
    await provider.getQrCode({})
    await provider.reset?.({})
    expect(resets(stub)).toEqual(['GET logout', 'GET logout'])
  })
})

describe('greenApi reset() of an instance that hangs while starting', () => {
  it('reports a refusal', async () => {
    const { provider } = make({ 'GET getStateInstance': state('starting'), 'GET reboot': empty(401) })
    expect((await rejection(Promise.resolve(provider.reset?.({})))).code).toBe('unauthorized')
  })
})

describeAdapterRules({
  name: 'greenApi',
  make: ({ baseUrl, ...rest }, emulator) =>
    greenApi({
      idInstance,
      apiTokenInstance,
      apiUrl: baseUrl,
      webSocket: emulator && mockGreenApiSocket(emulator, { idInstance, apiTokenInstance }),
      ...rest,
    }),
  mockServer: (emulator) => mockGreenApi(emulator, { idInstance, apiTokenInstance }),
  pushes: true,
  webhooks: [
    {
      typeWebhook: 'stateInstanceChanged',
      instanceData: { idInstance: 1101000001, wid: '79001234567@c.us', typeInstance: 'whatsapp' },
      timestamp: 1586700690,
      stateInstance: 'authorized',
    },
  ],
  invalid: {
    'a missing id': () => greenApi({ idInstance: '', apiTokenInstance }),
    'a missing token': () => greenApi({ idInstance, apiTokenInstance: ' ' }),
    'an id that is a path': () => greenApi({ idInstance: '..', apiTokenInstance }),
    'an unset token': () => greenApi({ idInstance, ...unset('apiTokenInstance') }),
  },
  secrets: [apiTokenInstance],
  statusAnswer: { stateInstance: 'notAuthorized' },
})

/** As from JavaScript, without a check by the compiler. */
function unset<Name extends string>(name: Name): Record<Name, string> {
  return JSON.parse('{}', (_key, value) => Object.assign(value, { [name]: undefined }))
}
