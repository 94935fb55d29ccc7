import { describe, expect, it } from 'vitest'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingProvider } from '../../src/core/provider.js'
import { evolutionApi } from '../../src/providers/evolution-api.js'
import { greenApi } from '../../src/providers/green-api.js'
import { ownServer } from '../../src/providers/own-server.js'
import { waha } from '../../src/providers/waha.js'
import { wasend } from '../../src/providers/wasend.js'
import { zApi } from '../../src/providers/z-api.js'
import { IMAGE, json, PNG, QR_TEXT, rejection, stubFetch } from './fetch-stub.js'

// Tests every input of a code or a picture: each adapter, and the webhook with a QR code. Tables for the rules themselves are in
// test/core/pairing-code.test.ts and test/core/qr-payload.test.ts; test/core/update.test.ts has one for an update that a page
// reads.

const secret = 'd75b3a66374942c5b3c019c698abc206'
const baseUrl = 'https://api.example'
const number = normalizePhoneNumber('5511987654321')

/** Creates an adapter whose server returns this value as a QR code or a pairing code. */
type Make = (value: unknown) => PairingProvider

const withSession = (value: unknown): typeof fetch =>
  stubFetch((request) => {
    if (/auth\/qr|\/qr$/.test(request.url)) return json({ value, data: value })(request)
    return request.url.endsWith('request-code')
      ? json({ code: value })(request)
      : json({ status: 'SCAN_QR_CODE' })(request)
  }).fetch

const adapters: Readonly<Record<string, Make>> = {
  greenApi: (value) =>
    greenApi({
      idInstance: '1101000001',
      apiTokenInstance: secret,
      fetch: stubFetch(json({ type: 'qrCode', message: value, status: true, code: value })).fetch,
    }),
  zApi: (value) =>
    zApi({
      instanceId: '3C0587A6',
      token: secret,
      fetch: stubFetch((request) =>
        json(request.url.endsWith('/status') ? { connected: false } : { value })(request),
      ).fetch,
    }),
  wasend: (value) => wasend({ apiKey: secret, sessionId: 'main-1', fetch: withSession(value) }),
  waha: (value) => waha({ baseUrl, apiKey: secret, session: 'default', fetch: withSession(value) }),
  ownServer: (value) =>
    ownServer({
      url: `${baseUrl}/pairing`,
      fetch: stubFetch(json({ state: 'ready', qr: value, code: value })).fetch,
    }),
}

const pictures: readonly (readonly [string, string])[] = [
  ['labelled twice', `data:image/png;base64,${IMAGE.src}`],
  ['with a wrong media type', `data:text/plain;base64,${PNG}`],
  ['in url-safe base64', PNG.replaceAll('+', '-').replaceAll('/', '_')],
  ['broken into lines', PNG.replace(/(.{16})/g, '$1\r\n')],
  ['with a label without "data:"', `image/png;base64,${PNG}`],
  ['in quotation marks', JSON.stringify(IMAGE.src)],
]

const bytes: readonly (readonly [string, unknown])[] = [
  ['as a Buffer of Node in JSON', JSON.parse(JSON.stringify(Buffer.from(PNG, 'base64')))],
  ['as a list of bytes', [...Buffer.from(PNG, 'base64')]],
]

const noPictures: readonly unknown[] = [
  'undefined',
  'null',
  '[object Object]',
  'data:image/png;base64,undefined',
  'https://cdn.example/qr.png',
  '{"error":"not ready"}',
  `data:image/png;base64,${btoa('<html>Sign in</html>')}`,
  btoa('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
  [1, 2, 3],
  [256, -1, 0.5],
  { type: 'Buffer', data: 'abc' },
]

const noCodes = [
  'undefined',
  'null',
  'NaN',
  'error',
  'success',
  '[object Object]',
  'Not found',
  'NOTFOUND',
  '482913',
].concat('{"code":"ABCD1234"}', '["ABCD1234"]', 'ABCD12345', 'ABCD1234ABCD1234')

describe.each(Object.entries(adapters))('%s', (name, make) => {
  it.each([...pictures, ...bytes])('draws a picture %s', async (_, value) => {
    expect(await make(value).getQrCode({})).toMatchObject({ status: 'qr', qrCode: IMAGE })
  })

  it.each(noPictures)('draws no picture of %j', async (value) => {
    const outcome = await make(value)
      .getQrCode({})
      .then(
        ({ status }) => status,
        ({ code }) => code,
      )
    expect(['invalid-answer', 'preparing']).toContain(outcome)
  })

  it.each([{ a: 1 }, ['ABCD1234'], true, 0, Number.MAX_SAFE_INTEGER])(
    'shows no code for %j',
    async (value) => {
      const outcome = make(value).requestPairingCode?.(number, {})
      if (outcome) await rejection(outcome)
    },
  )

  it.each(noCodes)('shows no code for %j', async (value) => {
    const outcome = make(value).requestPairingCode?.(number, {})
    if (outcome) expect(['invalid-answer', 'code-refused']).toContain((await rejection(outcome)).code)
  })

  it(`accepts ${name === 'zApi' ? 'ten characters too' : 'eight characters and no more'}`, async () => {
    const outcome = make('A1B2C3D4E5').requestPairingCode?.(number, {})
    if (!outcome) return
    if (name === 'zApi') expect(await outcome).toMatchObject({ pairingCode: 'A1B2C3D4E5' })
    else expect((await rejection(outcome)).code).toBe('invalid-answer')
    expect(await make('abcd-1234').requestPairingCode?.(number, {})).toMatchObject({
      pairingCode: 'ABCD1234',
    })
  })
})

describe('the webhook qrcode.updated of Evolution API', () => {
  const provider = evolutionApi({ baseUrl, apiKey: secret, instanceName: 'shop' })
  const read = (qrcode: unknown) =>
    provider.readWebhook?.({ event: 'qrcode.updated', instance: 'shop', data: { qrcode } })

  it.each(pictures)('accepts a picture %s', (_, base64) => {
    expect(read({ base64 })).toMatchObject({ status: 'qr', qrCode: IMAGE })
  })

  it.each(noPictures)('accepts nothing of %j', (base64) => {
    expect(read({ base64 })).toBeUndefined()
  })

  it('accepts the text of WhatsApp', () => {
    expect(read({ code: QR_TEXT })).toMatchObject({ status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } })
  })
})
