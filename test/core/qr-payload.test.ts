import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import { decodeQrPayload, type QrPayload, qrPayloadKey } from '../../src/core/qr-payload.js'

const PNG_BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PNG = `data:image/png;base64,${PNG_BASE64}`
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
const ascii = (text: string) => new TextEncoder().encode(text)
const base64Of = (text: string) => btoa(text)

const OLD_TEXT = '2@abc/DEF+1=,noise=,identity=,adv=,1'
const LINK_TEXT = `https://wa.me/settings/linked_devices#${OLD_TEXT}`

const isQrPayload = (value: unknown): value is QrPayload => value instanceof Object && 'kind' in value

const codeOf = (input: string | Uint8Array) => {
  try {
    return normalizeQrPayload(input)
  } catch (error) {
    return PairingError.isInstance(error) ? error.code : error
  }
}

describe('normalizeQrPayload', () => {
  it.each([
    ['a data URI', PNG, PNG],
    ['a data URI with the space of GREEN-API’s documents', `data:image/png;base64, ${PNG_BASE64}`, PNG],
    ['bare base64', PNG_BASE64, PNG],
    ['base64 broken into lines', PNG_BASE64.replace(/(.{20})/g, '$1\r\n'), PNG],
    ['base64 without its padding', PNG_BASE64.replace(/=+$/, ''), PNG],
    ['PNG bytes', bytesOf(PNG_BASE64), PNG],
    ['a PNG that calls itself JPEG', `data:image/jpeg;base64,${PNG_BASE64}`, PNG],
    [
      'a JPEG',
      base64Of('\xff\xd8\xff\xe0 jpeg'),
      `data:image/jpeg;base64,${base64Of('\xff\xd8\xff\xe0 jpeg')}`,
    ],
    ['a GIF', base64Of('GIF89a gif data'), `data:image/gif;base64,${base64Of('GIF89a gif data')}`],
    [
      'a WebP',
      base64Of('RIFF\x01\x02\x03\x04WEBPVP8 '),
      `data:image/webp;base64,${base64Of('RIFF\x01\x02\x03\x04WEBPVP8 ')}`,
    ],
    ['an SVG', base64Of('<svg xmlns="x"/>'), `data:image/svg+xml;base64,${base64Of('<svg xmlns="x"/>')}`],
    [
      'an SVG data URI that is not base64',
      'data:image/svg+xml;utf8,%3Csvg%20a%3D%22b%22/%3E',
      `data:image/svg+xml;base64,${base64Of('<svg a="b"/>')}`,
    ],
  ])('makes an image of %s', (_, input, src) => {
    expect(normalizeQrPayload(input)).toEqual({ kind: 'image', src })
  })

  it.each<[string, string | Uint8Array, string?]>([
    ['the older form', OLD_TEXT],
    ['the link form in use since 2026', LINK_TEXT],
    ['line breaks anywhere', LINK_TEXT.replace(/(.{17})/g, '$1\n '), LINK_TEXT],
    ['bytes that are text', ascii(OLD_TEXT), OLD_TEXT],
  ])('takes WhatsApp text: %s', (_, input, value) => {
    expect(normalizeQrPayload(input)).toEqual({ kind: 'text', value: value ?? String(input) })
  })

  it.each([
    ['nothing', ''],
    ['a web address', 'https://example.com/qr.png'],
    ['a script address', 'javascript:alert(1)'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['another kind of data URI', 'data:text/html;base64,PHNjcmlwdD4='],
    ['base64 of something else', base64Of('hello, this is not an image at all')],
    ['base64 cut in the middle of a character', 'iVBORw0KGgoAA'],
    ['base64 shorter than a signature, whatever its length', 'A'.repeat(23)],
    ['text without the fields of WhatsApp’s', '2@abc'],
    ['text with characters no QR of WhatsApp has', `${OLD_TEXT}\u202e`],
    ['more than a QR code holds', `2@,${'a'.repeat(3_000)}`],
    ['more than an image has', PNG_BASE64 + 'A'.repeat(1_000_000)],
    ['bytes of nothing known', new Uint8Array([1, 2, 3])],
  ])('refuses %s', (_, input) => {
    expect(codeOf(input)).toBe('invalid-answer')
  })

  it('throws nothing but PairingError, and gives the same for its own result, whatever the input', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'AQgw05+/') }),
      fc.constantFrom(PNG, PNG_BASE64, OLD_TEXT, LINK_TEXT, 'data:image/', ';base64,', ' '),
    )
    const texts = fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(texts, fc.uint8Array(), texts.map(ascii)), (input) => {
        const once = codeOf(input)
        if (once === 'invalid-answer') return
        if (!isQrPayload(once)) throw once
        expect(normalizeQrPayload(qrPayloadKey(once))).toEqual(once)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('decodeQrPayload', () => {
  it.each(['2@a,b', 'https://wa.me/settings/linked_devices#2@a,b', 'data:image/png;base64,iVBORw0KGgo='])(
    'takes what normalizeQrPayload makes of %s',
    (input) => {
      const payload = normalizeQrPayload(input)
      expect(decodeQrPayload(JSON.parse(JSON.stringify(payload)))).toEqual(payload)
    },
  )

  it.each([
    undefined,
    null,
    '2@a,b',
    { value: 'https://evil.example/' },
    { value: `2@${'a'.repeat(2_000)},b` },
    { value: 7 },
    { src: 'https://evil.example/qr.png' },
    { src: 'javascript:alert(1)' },
    { src: 'data:text/html;base64,PHNjcmlwdD4=' },
    { src: 'data:image/png;base64,a"onerror="b' },
    { src: `data:image/png;base64,${'a'.repeat(2_000_000)}` },
  ])('refuses %j', (input) => {
    expect(() => decodeQrPayload(input)).toThrow(expect.objectContaining({ code: 'invalid-answer' }))
  })
})
