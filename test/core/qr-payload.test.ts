import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizeQrPayload } from '../../src/core/normalize-qr-payload.js'
import { decodeQrPayload, type QrPayload, qrPayloadKey } from '../../src/core/qr-payload.js'
import { anyText } from '../any-text.js'
import { randomRuns } from '../long-runs.js'

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
    ['a data URI with the space that GREEN-API documents', `data:image/png;base64, ${PNG_BASE64}`, PNG],
    ['bare base64', PNG_BASE64, PNG],
    ['base64 broken into lines', PNG_BASE64.replace(/(.{20})/g, '$1\r\n'), PNG],
    ['base64 without its padding', PNG_BASE64.replace(/=+$/, ''), PNG],
    ['PNG bytes', bytesOf(PNG_BASE64), PNG],
    ['a PNG with the label JPEG', `data:image/jpeg;base64,${PNG_BASE64}`, PNG],
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
    // Text before, after or around an image. The bytes identify the image.
    ['a data URI with two equal labels', `data:image/png;base64,${PNG}`, PNG],
    ['a data URI with three equal labels', `data:image/png;base64,data:image/png;base64,${PNG}`, PNG],
    ['a data URI with two different labels', `data:image/jpeg;base64,${PNG}`, PNG],
    ['a label with another media type', `data:application/octet-stream;base64,${PNG_BASE64}`, PNG],
    ['a label that does not name an image', `data:text/plain;charset=utf-8;base64,${PNG_BASE64}`, PNG],
    ['a label without a media type', `data:;base64,${PNG_BASE64}`, PNG],
    ['a label without "data:"', `image/png;base64,${PNG_BASE64}`, PNG],
    ['a label without "base64"', `data:image/png,${PNG_BASE64}`, PNG],
    ['a label with a colon', `base64:${PNG_BASE64}`, PNG],
    ['a label in capitals', `DATA:IMAGE/PNG;BASE64,${PNG_BASE64}`, PNG],
    ['a label with parameters', `data:image/png;name=qr.png;charset=utf-8;base64,${PNG_BASE64}`, PNG],
    ['a URL before the label', `https://cdn.example/${PNG}`, PNG],
    ['a JSON text', JSON.stringify(PNG), PNG],
    ['a byte order mark', `\ufeff${PNG}`, PNG],
    [
      'url-safe base64',
      PNG.replaceAll('+', '-')
        .replaceAll('/', '_')
        .replace(/^data:image_png/, 'data:image/png'),
      PNG,
    ],
    [
      'url-safe base64 without a label',
      PNG_BASE64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
      PNG,
    ],
    ['percent-encoded base64', `data:image/png;base64,${encodeURIComponent(PNG_BASE64)}`, PNG],
    ['base64 of a data URI', base64Of(PNG), PNG],
    ['base64 of base64', base64Of(PNG_BASE64), PNG],
    ['bytes that are a data URI', ascii(PNG), PNG],
    ['bytes that are base64', ascii(`${PNG_BASE64}\n`), PNG],
    [
      'an SVG without any encoding',
      '<svg xmlns="x"/>',
      `data:image/svg+xml;base64,${base64Of('<svg xmlns="x"/>')}`,
    ],
    [
      'an SVG after a declaration, a comment and white space',
      ascii('\ufeff\n<?xml version="1.0"?>\n<!-- a --><!-- b -->\n<!DOCTYPE svg><svg/>'),
      `data:image/svg+xml;base64,${base64Of('<?xml version="1.0"?>\n<!-- a --><!-- b -->\n<!DOCTYPE svg><svg/>')}`,
    ],
  ])('returns an image for %s', (_, input, src) => {
    expect(normalizeQrPayload(input)).toEqual({ kind: 'image', src })
  })

  it.each<[string, string | Uint8Array, string?]>([
    ['the older form', OLD_TEXT],
    ['the link form in use since 2026', LINK_TEXT],
    ['line breaks anywhere', LINK_TEXT.replace(/(.{17})/g, '$1\n '), LINK_TEXT],
    ['bytes that are text', ascii(OLD_TEXT), OLD_TEXT],
    ['text in quotation marks', JSON.stringify(LINK_TEXT), LINK_TEXT],
    ['base64 of text', base64Of(LINK_TEXT), LINK_TEXT],
  ])('accepts WhatsApp text: %s', (_, input, value) => {
    expect(normalizeQrPayload(input)).toEqual({ kind: 'text', value: value ?? String(input) })
  })

  it.each([
    ['nothing', ''],
    ['a web address', 'https://example.com/qr.png'],
    ['a script address', 'javascript:alert(1)'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['another kind of data URI', 'data:text/html;base64,PHNjcmlwdD4='],
    ['XML that is not an image', ascii('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ['base64 of a web page', base64Of('<!DOCTYPE html><html><svg/></html>')],
    ['a web page with the label of an image', `data:image/png;base64,${base64Of('<html>Sign in</html>')}`],
    ['JSON with the label of an image', `data:image/png;base64,${base64Of('{"error":"no"}')}`],
    ['a label without an image', 'data:image/png;base64,'],
    ['a repeated label without an image', 'data:image/png;base64,data:image/png;base64,undefined'],
    ['a program keyword after a label', 'data:image/png;base64,null'],
    ['an object as text', '[object Object]'],
    ['markup around an image', `<img src="${PNG}">`],
    ['unclosed comments', ascii(`<?xml?>${'<!-- -->'.repeat(400)}<!--`)],
    ['base64 of something else', base64Of('hello, this is not an image at all')],
    ['base64 cut in the middle of a character', 'iVBORw0KGgoAA'],
    ['base64 that is shorter than a signature, for any length', 'A'.repeat(23)],
    ['text without the fields of a WhatsApp code', '2@abc'],
    ['text with characters that no WhatsApp code has', `${OLD_TEXT}\u202e`],
    ['text that is too long for a QR code', `2@,${'a'.repeat(3_000)}`],
    ['more bytes than an image may have', PNG_BASE64 + 'A'.repeat(1_000_000)],
    ['bytes of an unknown format', new Uint8Array([1, 2, 3])],
  ])('refuses %s', (_, input) => {
    expect(codeOf(input)).toBe('invalid-answer')
  })

  it('throws only PairingError for any input, and does not change its own result', () => {
    const pieces = fc.oneof(
      anyText(),
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
      randomRuns(500, 5_000),
    )
  })
})

describe('decodeQrPayload', () => {
  it.each([
    '2@a,b',
    'https://wa.me/settings/linked_devices#2@a,b',
    'data:image/png;base64,iVBORw0KGgo=',
    base64Of('\xff\xd8\xff\xe0 jpeg'),
    base64Of('\xff\xd8\xff\xdb jpeg'),
    base64Of('GIF87a gif data'),
    base64Of('RIFF\x01\x02\x03\x04WEBPVP8 '),
    base64Of('\xef\xbb\xbf\n<svg/>'),
    '  <SVG/>',
    '<!--a--><svg></svg>',
  ])('accepts the result of normalizeQrPayload for %s', (input) => {
    const payload = normalizeQrPayload(input)
    expect(decodeQrPayload(JSON.parse(JSON.stringify(payload)))).toEqual(payload)
  })

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
    { src: `data:image/png;base64,${btoa('<html>Sign in</html>')}` },
    { src: 'data:image/png;base64,undefined' },
    { src: 'data:image/png;base64,' },
    { src: `data:image/jpeg;base64,${PNG_BASE64}` },
    { src: `data:image/svg+xml;base64,${btoa('{"error":"no"}')}` },
    { src: PNG.replace('base64,', 'base64,data:image/png;base64,') },
    { src: `data:image/png;base64,${'a'.repeat(2_000_000)}` },
  ])('refuses %j', (input) => {
    expect(() => decodeQrPayload(input)).toThrow(expect.objectContaining({ code: 'invalid-answer' }))
  })
})
