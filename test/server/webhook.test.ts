import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { greenApi } from '../../src/providers/green-api.js'
import { advance, emulateTime, START, settle } from '../time.js'
import { createSetup, expectRefusal, HANDLER_URL, type Setup, type SetupOptions, shownIn } from './setup.js'
import { timing } from './spy-provider.js'

const SECRET = 'd75b3a66374942c5b3c019c698abc2067e15'
const BEARER = { headers: { authorization: `Bearer ${SECRET}` } }

emulateTime()

const linking: PairingSnapshot = { status: 'linking' }

const hookedSetup = (methods: Partial<PairingProvider> = {}, options: SetupOptions = {}): Setup =>
  createSetup(
    { readWebhook: () => linking, getStatus: async () => linking, ...methods },
    { webhookSecret: SECRET, ...options },
  )

async function expectTaken(answer: Response): Promise<void> {
  // Some providers accept only 200 for a delivery.
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe('')
  expect(answer.headers.get('cache-control')).toBe('no-store')
}

describe('a webhook', () => {
  it.each([
    ['the path of an event', `/webhook/connection-update`, BEARER],
    ['the path of an event, followed by the secret', `/webhook/qrcode-updated?secret=${SECRET}`, {}],
    ['an event after the secret', `/webhook?secret=${SECRET}/connection-update`, {}],
    ['an encoded event after the secret', `/webhook?secret=${SECRET}%2Fstatus-instance`, {}],
  ])('is accepted at %s, as Evolution API sends it with webhookByEvents', async (_title, path, init) => {
    const setup = hookedSetup()
    const headers = { 'content-type': 'application/json', ...('headers' in init && init.headers) }
    const request = new Request(`${HANDLER_URL}${path}`, { method: 'POST', body: '{}', headers })
    await expectTaken(await setup.handler(request))
  })

  it.each([
    ['another secret, followed by an event', `/webhook?secret=${SECRET}x/connection-update`, 403],
    ['a longer path', `/webhook/connection/update?secret=${SECRET}`, 403],
    ['text after the secret that is not an event', `/webhook?secret=${SECRET}/CONNECTION_UPDATE`, 403],
    ['no secret', '/webhook/connection-update', 401],
  ])('is refused with %s', async (_title, path, status) => {
    const setup = hookedSetup({}, { authorize: () => false })
    const request = new Request(`${HANDLER_URL}${path}`, { method: 'POST', body: '{}' })
    expect((await setup.handler(request)).status).toBe(status)
  })

  it('makes the handler read the state for all pages, after the minimum interval of the provider', async () => {
    const setup = hookedSetup()
    const tabs = [await setup.watch(), await setup.watch('&method=phone-code')]
    await expectTaken(await setup.webhook({}, BEARER))
    await advance(timing.qrMinIntervalMs)
    expect(tabs.map((tab) => shownIn(tab).at(-1))).toEqual(['linking', 'linking'])
  })

  it('after a scan removes the code for a page that opens later', async () => {
    const setup = hookedSetup()
    await setup.watch()
    await advance(timing.qrMinIntervalMs)
    await setup.webhook({}, BEARER)
    expect(shownIn(await setup.watch())).toEqual(['linking'])
  })

  it('is cached for a page that opens four seconds later', async () => {
    const setup = hookedSetup()
    await setup.webhook({}, BEARER)
    await advance(4_000)
    expect(shownIn(await setup.watch()).at(0)).toBe('linking')
  })

  it('makes the handler read the state once, and again only after the minimum interval of the provider', async () => {
    const setup = hookedSetup()
    for (let count = 0; count < 50; count += 1) await setup.webhook({}, BEARER)
    expect(setup.calls).toEqual(['getStatus'])
    await advance(timing.qrMinIntervalMs - 1)
    expect(setup.calls).toEqual(['getStatus'])
    await advance(1)
    expect(setup.calls).toEqual(['getStatus', 'getStatus'])
    await advance(60_000)
    expect(setup.calls).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each<PairingSnapshot>([
    { status: 'linked', account: { name: 'Ana' } },
    { status: 'linking' },
    { status: 'stopped' },
    { status: 'stale' },
    { status: 'passkey-required' },
  ])(
    'does not show $status to any page while the provider still reports that no phone is linked',
    async (claimed) => {
      const onLinked = vi.fn()
      const setup = hookedSetup(
        { readWebhook: () => claimed, getStatus: async () => ({ status: 'unlinked' }) },
        { onLinked },
      )
      const tab = await setup.watch()
      await setup.webhook({}, BEARER)
      await advance(10_000)
      expect(setup.calls).toContain('getStatus')
      expect(new Set(shownIn(tab))).toEqual(new Set(['qr']))
      expect(onLinked).not.toHaveBeenCalled()
      tab.leave()
      await settle()
    },
  )

  it.each<PairingSnapshot>([{ status: 'unlinked' }, { status: 'stopped' }])(
    'that reports $status does not end a link that the provider still reports',
    async (claimed) => {
      const onUnlinked = vi.fn()
      const linked: PairingSnapshot = { status: 'linked', account: {} }
      const setup = hookedSetup(
        { readWebhook: () => claimed, getStatus: async () => linked, getQrCode: async () => linked },
        { onUnlinked },
      )
      const tab = await setup.watch()
      await setup.webhook({}, BEARER)
      await advance(20_000)
      expect(new Set(shownIn(tab))).toEqual(new Set(['linked']))
      expect(onUnlinked).not.toHaveBeenCalled()
      tab.leave()
      await settle()
    },
  )

  it('changes nothing if the provider cannot be read', async () => {
    const getStatus = () => Promise.reject(new PairingError('provider-unavailable', ''))
    const setup = hookedSetup({ getStatus })
    await expectTaken(await setup.webhook({}, BEARER))
    await advance(60_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('passes only the parsed body to the provider', async () => {
    const read: unknown[][] = []
    const setup = hookedSetup({
      readWebhook: (...given) => {
        read.push(given)
        return undefined
      },
    })
    await setup.webhook('{"stateInstance":"authorized","unicode":"\\ud83d"}', BEARER)
    expect(read).toEqual([[{ stateInstance: 'authorized', unicode: '\ud83d' }]])
  })

  it('about another subject is accepted, so that it is not sent again, and changes nothing', async () => {
    const setup = hookedSetup({ readWebhook: () => undefined })
    const tab = await setup.watch()
    await expectTaken(await setup.webhook({ typeWebhook: 'incomingMessageReceived' }, BEARER))
    await settle()
    expect(shownIn(tab)).toEqual(['qr'])
    expect(setup.log).not.toContainEqual(expect.objectContaining({ event: 'webhook' }))
  })

  it('may have any Origin, because no browser sends it', async () => {
    const { headers } = BEARER
    await expectTaken(
      await hookedSetup().webhook({}, { headers: { ...headers, origin: 'https://api.provider.example' } }),
    )
  })

  it('is accepted with the secret alone, and does not call authorize', async () => {
    const authorize = vi.fn(() => false)
    await expectTaken(await hookedSetup({}, { authorize }).webhook({}, BEARER))
    expect(authorize).not.toHaveBeenCalled()
  })

  it('is refused as not-supported if the provider has no readWebhook()', async () => {
    const setup = createSetup({}, { webhookSecret: SECRET })
    await expectRefusal(await setup.webhook({}, BEARER), 'not-supported')
  })
})

describe('the time in a webhook', () => {
  const sent = (ageMs: number): Partial<PairingProvider> => ({ webhookSentAt: () => Date.now() - ageMs })

  it.each([60_001, 6 * 3_600_000, 30 * 86_400_000])(
    'makes the handler drop the webhook if it is %s ms old',
    async (ageMs) => {
      const setup = hookedSetup(sent(ageMs))
      await expectTaken(await setup.webhook({}, BEARER))
      await advance(10_000)
      expect(setup.calls).toEqual([])
      expect(setup.log).toEqual([])
    },
  )

  it.each([0, 59_999, -3_600_000, Number.NaN])(
    'makes the handler accept the webhook if it is %s ms old',
    async (ageMs) => {
      const setup = hookedSetup(sent(ageMs))
      await setup.webhook({}, BEARER)
      expect(setup.calls).toEqual(['getStatus'])
    },
  )
})

describe('a QR code in a webhook', () => {
  const qr: PairingSnapshot = { status: 'qr', qrCode: { kind: 'text', value: '2@hook,noise,identity,adv,1' } }
  const codeSetup = async (ageMs: number | undefined, state: PairingSnapshot) => {
    const setup = hookedSetup({
      readWebhook: () => qr,
      getStatus: async () => state,
      getQrCode: async () => ({ status: 'preparing' }),
      ...(ageMs !== undefined && { webhookSentAt: () => Date.now() - ageMs }),
    })
    const tab = await setup.watch()
    await advance(timing.qrMinIntervalMs)
    await setup.webhook({}, BEARER)
    await settle()
    const isShown = tab.text.includes('2@hook')
    tab.leave()
    await settle()
    return isShown
  }

  it('is shown while it is younger than 10 s and the state still waits for a scan', async () => {
    expect(await codeSetup(9_999, { status: 'unlinked' })).toBe(true)
    expect(await codeSetup(0, { status: 'preparing' })).toBe(true)
  })

  it('expires at the time that the provider gave, even if the state is read for six seconds in between', async () => {
    let isSlow = false
    const setup = hookedSetup({
      readWebhook: () => ({ ...qr, expiresInMs: 15_000 }),
      getStatus: async () => {
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 6_000))
        return { status: 'unlinked' }
      },
      getQrCode: async () => ({ status: 'preparing' }),
      webhookSentAt: () => Date.now(),
    })
    const tab = await setup.watch()
    await advance(timing.qrMinIntervalMs)
    isSlow = true
    const sentAt = Date.now()
    await setup.webhook({}, BEARER)
    await advance(7_000)
    const shown = tab.events.find(({ data }) => data.qrCode)?.data
    expect(Number(shown?.at) + Number(shown?.expiresInMs)).toBe(sentAt + 15_000)
    tab.leave()
    await advance(10_000)
  })

  it.each([10_000, 59_000, -60_001, undefined])('is not shown if its age is %s ms', async (ageMs) => {
    expect(await codeSetup(ageMs, { status: 'unlinked' })).toBe(false)
  })

  it.each<PairingSnapshot>([{ status: 'linked', account: {} }, { status: 'linking' }, { status: 'stopped' }])(
    'is not shown if the state is $status',
    async (state) => {
      expect(await codeSetup(0, state)).toBe(false)
    },
  )
})

describe('a `readWebhook` of the host', () => {
  it('cannot pass on fields that are not part of a snapshot', async () => {
    const setup = hookedSetup({
      readWebhook: (body) => ({ ...Object(body), status: 'linked', account: { name: 'Ana', token: SECRET } }),
      getStatus: async () => ({ status: 'linked', account: { name: 'Ana' } }),
    })
    const tab = await setup.watch()
    await setup.webhook({ apiKey: SECRET, nested: { authorization: SECRET } }, BEARER)
    await advance(timing.qrMinIntervalMs)
    expect(tab.events.at(-1)?.data).toMatchObject({ status: 'linked', account: { name: 'Ana' } })
    expect(tab.text).not.toContain(SECRET)
  })

  it.each<readonly [string, () => unknown]>([
    ['a promise', async () => linking],
    ['text', () => 'linking'],
    ['true', () => true],
    ['an invalid state', () => ({ status: SECRET })],
    [
      'a code that is a URL',
      () => ({ status: 'qr', qrCode: { kind: 'image', src: `https://a.example/${SECRET}` } }),
    ],
  ])('that returns %s is refused, and reaches no page', async (_, readWebhook) => {
    const setup = hookedSetup({ readWebhook: readWebhook as () => undefined })
    const tab = await setup.watch()
    await expectRefusal(await setup.webhook({}, BEARER), 'invalid-answer')
    await settle()
    expect(shownIn(tab)).toEqual(['qr'])
  })

  it.each([
    ['a foreign error', new Error(SECRET), 'unknown'],
    ['a PairingError', new PairingError('network', SECRET), 'network'],
  ])('that throws %s is reported by a code', async (_, error, code) => {
    const setup = hookedSetup({
      readWebhook: () => {
        throw error
      },
    })
    await expectRefusal(await setup.webhook({}, BEARER), code)
  })

  it.each([1e300, 2 ** 31])(
    'that promises the next event in %s ms does not stop the polling',
    async (nextInMs) => {
      const setup = hookedSetup({ readWebhook: () => ({ status: 'unlinked', nextInMs }) })
      await setup.watch()
      await setup.webhook({}, BEARER)
      setup.calls.length = 0
      await advance(10 * 60_000)
      expect(setup.calls.length).toBeGreaterThan(50)
      expect(setup.calls.length).toBeLessThan(400)
    },
  )
})

describe('a webhook of GREEN-API', () => {
  const instance = { idInstance: '1101000001', apiTokenInstance: SECRET }
  const payload = {
    typeWebhook: 'stateInstanceChanged',
    instanceData: { idInstance: 1101000001, wid: '5511987654321@c.us', typeInstance: 'whatsapp' },
    timestamp: Math.floor(START / 1_000),
    stateInstance: 'authorized',
  }

  function greenSetup(): Setup {
    const { subscribe: _, ...provider } = greenApi({
      ...instance,
      fetch: async (input) =>
        Response.json(
          String(input).includes('getStateInstance')
            ? { stateInstance: 'authorized' }
            : { phone: '5511987654321' },
        ),
    })
    return createSetup({}, { provider, webhookSecret: SECRET })
  }

  it('shows the linked account', async () => {
    const setup = greenSetup()
    const tab = await setup.watch('&method=phone-code')
    await expectTaken(await setup.webhook(payload, BEARER))
    await advance(5_000)
    expect(tab.events.at(-1)?.data).toMatchObject({
      status: 'linked',
      account: { phoneNumber: '5511987654321' },
    })
  })
})

describe('the secret of webhooks', () => {
  it.each<readonly [string, Parameters<Setup['webhook']>[1]]>([
    ['in the header', BEARER],
    ['in the header, in another case', { headers: { authorization: `bearer   ${SECRET}` } }],
    ['in the query', { query: `?secret=${SECRET}` }],
    ['in the query, with other parameters', { query: `?tenant=7&secret=${SECRET}` }],
    [
      'in the query, with other credentials in the header',
      {
        query: `?secret=${SECRET}`,
        headers: { authorization: 'Basic dXNlcjpwYXNz' },
      },
    ],
  ])('is accepted %s', async (_, init) => {
    await expectTaken(await hookedSetup().webhook({}, init))
  })

  it('may have any characters in the query', async () => {
    const webhookSecret = 'ü & = + % # / 🙂 and more'
    const setup = hookedSetup({}, { webhookSecret })
    await expectTaken(await setup.webhook({}, { query: `?secret=${encodeURIComponent(webhookSecret)}` }))
  })

  it.each([
    ['base64 that was pasted into the URL', 'kq+7/Zb2+Xw9QpR4tUv8yA==', '?secret=kq+7/Zb2+Xw9QpR4tUv8yA=='],
    [
      'base64 that was pasted into the URL, before an event',
      'kq+7/Zb2+Xw9QpR4tUv8yA==',
      '?secret=kq+7/Zb2+Xw9QpR4tUv8yA==/connection-update',
    ],
    ['the content of a file that ends with a line break', `${SECRET}\n`, `?secret=${SECRET}`],
  ])('may be %s', async (_, webhookSecret, query) => {
    await expectTaken(await hookedSetup({}, { webhookSecret }).webhook({}, { query }))
  })

  it('may be chosen by the request, also asynchronously', async () => {
    const setup = hookedSetup(
      {},
      {
        webhookSecret: async (request) =>
          new URL(request.url).searchParams.has('b') ? 'the-webhooks-of-b' : 'the-webhooks-of-a',
      },
    )
    await expectTaken(await setup.webhook({}, { query: '?b&secret=the-webhooks-of-b' }))
    await expectRefusal(await setup.webhook({}, { query: '?b&secret=the-webhooks-of-a' }), 'forbidden')
  })

  it.each([
    ['undefined', () => undefined],
    ['an empty text', () => ''],
    ['a promise of undefined', async () => undefined],
  ])('accepts no webhook if the host returns %s', async (_, webhookSecret) => {
    const setup = hookedSetup({}, { webhookSecret })
    for (const given of ['', 'undefined', 'null', '[object Promise]'])
      expect((await setup.webhook({}, { query: `?secret=${given}` })).status).not.toBe(200)
  })

  it.each(['', 'fifteen letters', ' '.repeat(32), '0'.repeat(32), 'abcabcabcabcabcabc', 7, null])(
    'that can be guessed throws invalid-options, and is refused if a function returns it: %s',
    async (webhookSecret) => {
      const weak = webhookSecret as string
      const invalid = expect.objectContaining({ code: 'invalid-options' })
      expect(() => hookedSetup({}, { webhookSecret: weak })).toThrow(invalid)
      const onError = vi.fn()
      const setup = hookedSetup({}, { webhookSecret: () => weak, onError })
      await expectRefusal(await setup.webhook({}, { query: `?secret=${weak}x` }), 'invalid-options')
      expect(onError).toHaveBeenCalledWith(invalid, { in: 'webhookSecret' })
    },
  )

  it('that cannot be chosen is an error without a detail', async () => {
    const setup = hookedSetup({}, { webhookSecret: () => Promise.reject(new Error(SECRET)) })
    await expectRefusal(await setup.webhook({}, BEARER), 'unknown')
  })

  it('is checked before the provider is chosen and the body is read', async () => {
    const provider = vi.fn()
    const setup = hookedSetup({}, { provider })
    const request = new Request(`${HANDLER_URL}/webhook`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    await expectRefusal(await setup.handler(request), 'sign-in-required')
    expect(provider).not.toHaveBeenCalled()
    expect(request.bodyUsed).toBe(false)
  })
})

describe('the body of a webhook', () => {
  const padded = (bytes: number): string => `{"pad":"${'x'.repeat(bytes - 10)}"}`

  it('may have 256 kB, and not a byte more', async () => {
    const setup = hookedSetup()
    await expectTaken(await setup.webhook(padded(262_144), BEARER))
    await expectRefusal(await setup.webhook(padded(262_145), BEARER), 'invalid-request')
  })

  it.each([
    ['is not JSON', '{', 'application/json'],
    ['is empty', '', 'application/json'],
    ['is a form', 'state=linked', 'application/x-www-form-urlencoded'],
    ['has no content type', '{}', 'text/plain'],
  ])('is refused if it %s', async (_, body, type) => {
    const readWebhook = vi.fn(() => linking)
    const setup = hookedSetup({ readWebhook })
    const { headers } = BEARER
    await expectRefusal(
      await setup.webhook(body, { headers: { ...headers, 'content-type': type } }),
      'invalid-request',
    )
    expect(readWebhook).not.toHaveBeenCalled()
  })
})

describe('without a secret in the options', () => {
  it('the path of webhooks is a path like any other', async () => {
    const setup = createSetup({ readWebhook: () => linking })
    await expectRefusal(await setup.webhook({ stateInstance: 'authorized' }, BEARER), 'invalid-request')
    expect((await setup.webhook({ action: 'reset' })).status).toBe(200)
    expect(setup.calls).toEqual(['reset'])
  })

  it('the path of webhooks is guarded by `authorize`', async () => {
    const setup = createSetup({ readWebhook: () => linking }, { authorize: () => false })
    await expectRefusal(await setup.webhook({}, BEARER), 'forbidden')
  })
})
