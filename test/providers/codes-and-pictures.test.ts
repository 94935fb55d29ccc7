import { describe, expect, it } from 'vitest'
import { IMAGE, json, PNG, QR_TEXT, type Routes, rejection, stubRoutes } from './fetch-stub.js'
import { type HttpAdapter, httpAdapters, number } from './http-adapters.js'

// Tests every input of a code or a picture: each adapter, and the webhook with a QR code. Tables for the rules themselves are in
// test/core/pairing-code.test.ts and test/core/qr-payload.test.ts; test/core/update.test.ts has one for an update that a page
// reads.

/** Each adapter, with the responses in which a value is a QR code and a pairing code. */
const adapters: readonly (readonly [string, HttpAdapter, (value: unknown) => Routes])[] = [
  [
    'greenApi',
    httpAdapters.greenApi,
    (value) => ({
      'GET qr': json({ type: 'qrCode', message: value }),
      'POST getAuthorizationCode': json({ status: true, code: value }),
    }),
  ],
  [
    'zApi',
    httpAdapters.zApi,
    (value) => ({ 'GET qr-code': json({ value }), [`GET phone-code/${number}`]: json({ value }) }),
  ],
  ['wasend', httpAdapters.wasend, (value) => ({ 'GET qr': json({ data: value }) })],
  [
    'waha',
    httpAdapters.waha,
    (value) => ({
      'GET auth/qr': json({ value }),
      'POST logout': json({ status: 'STARTING' }, 201),
      'POST auth/request-code': json({ code: value }),
    }),
  ],
  [
    'ownServer',
    httpAdapters.ownServer,
    (value) => {
      const answer = json({ state: 'ready', qr: value, code: value })
      return { 'GET /pairing': answer, 'POST /pairing': answer }
    },
  ],
]

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
  '{"code":"ABCD1234"}',
  '["ABCD1234"]',
  'ABCD12345',
  'ABCD1234ABCD1234',
  ...[{ a: 1 }, ['ABCD1234'], true, 0, Number.MAX_SAFE_INTEGER],
]

describe.each(adapters)('%s', (name, adapter, routesOf) => {
  const make = (value: unknown) => adapter.make(stubRoutes({ ...adapter.waiting, ...routesOf(value) }).fetch)

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

  it.each<unknown>(noCodes)('shows no pairing code for %j', async (value) => {
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
  const read = (qrcode: unknown) =>
    httpAdapters.evolutionApi
      .make(fetch)
      .readWebhook?.({ event: 'qrcode.updated', instance: 'shop', data: { qrcode } })

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
