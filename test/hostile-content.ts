/** A mark in every hostile text. It must not appear in any output. */
export const HOSTILE_MARK = 'words-of-the-provider'

/** Texts that escape from HTML, an attribute, a template, a line or an object. */
const patterns = [
  // Markup.
  '<script>alert("…")</script>',
  '"><img src=x onerror=alert("…")>',
  "'><svg/onload=alert('…')>",
  '</section></div><iframe srcdoc="<script>…</script>"></iframe>',
  '<style>*{background:url(//evil.example/…)}</style>',
  '<!--…--><!DOCTYPE html><html><body>…</body></html>',
  '&lt;script&gt;…&#60;/script&#62;',
  '" onmouseover="alert(1)" x="…',
  // URLs.
  'javascript:alert("…")',
  ' JaVa\tScRiPt:alert("…")',
  '\u0001javascript:alert("…")',
  'vbscript:…',
  'data:text/html,<script>…</script>',
  'data:image/png,…',
  'data:image/svg+xml,<svg onload="alert(1)">…</svg>',
  'data:image/svg+xml;base64,…',
  'https://evil.example/….png',
  'https://user:…@evil.example/',
  'https://evil.example/"onerror="…',
  '//evil.example/…',
  'blob:https://evil.example/…',
  'file:///etc/…',
  'https://wa.me/settings/linked_devices#…',
  '2@…,b,c,d,1',
  // Templates.
  '{{constructor.constructor("…")()}}',
  '\u0024{process.env.…}',
  '{app} {menuIcon} {number} …',
  '**…** {advice}',
  '%s %d %o %c …',
  '$& $1 $` $<…>',
  // Characters that are invisible, reverse the text direction, or are half of a surrogate pair.
  '\u0000…\u0007\u001b[2J',
  'a\r\nSet-Cookie: …\r\n\r\n<html>',
  '\u202e…\u2066\u200f\u061c',
  '\ufeff\u200b\u00ad…',
  '\ud800…',
  '…\udc00\ud83d',
  '👩‍👩‍👧‍👦🇧🇷…',
  'Z̷̢̛̥a̸̡l̶g̵o̴…',
  // Keys that every object has.
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '…',
]

export const hostileTexts: readonly string[] = [
  '',
  ' ',
  ...patterns.map((pattern) => pattern.replace('…', HOSTILE_MARK)),
]

/** Values that are not numbers, are too large, or change when they are parsed twice. */
export const hostileValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1e308,
  -1e308,
  2 ** 53,
  1e-7,
  '0',
  '1e999',
  'NaN',
  '0x41',
  [],
  {},
  [[]],
  [null],
  [{}],
  { length: 3 },
  JSON.parse('{"toString":"a","valueOf":"b","then":"c"}'),
  JSON.parse('{"__proto__":{"status":"linked"},"constructor":{"prototype":{}}}'),
]

const SCRIPT = `<script>alert("${HOSTILE_MARK}")</script>`

const svgs = [
  `<svg xmlns="http://www.w3.org/2000/svg" onload="alert('${HOSTILE_MARK}')">${SCRIPT}</svg>`,
  `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "${HOSTILE_MARK}">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>`,
  `\ufeff <SVG\n><foreignObject><iframe src="javascript:alert('${HOSTILE_MARK}')"/></foreignObject></SVG>`,
  `<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/${HOSTILE_MARK}"/><animate onbegin="alert(1)"/></svg>`,
  `<?xml-stylesheet href="https://evil.example/${HOSTILE_MARK}"?><html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`,
]

/** Data that starts with the first bytes of an image and continues with other content. */
const polyglots = [
  `\x89PNG\r\n\x1a\n${SCRIPT}`,
  `\xff\xd8\xff\xe0${SCRIPT}`,
  `GIF89a/*${SCRIPT}*/=1;`,
  `RIFF\x00\x00\x00\x00WEBPVP8 ${SCRIPT}`,
]

/** Returns the same bytes in each format in which a provider may send an image. */
function spellings(binary: string): readonly string[] {
  const base64 = btoa(binary)
  return [
    binary,
    base64,
    `data:image/png;base64,${base64}`,
    `data:image/svg+xml;charset=utf-8,${encodeURIComponent(binary)}`,
    `data:text/html;base64,${base64}`,
    `data:image/svg+xml;utf8,${binary}`,
  ]
}

/** Images that are also programs, SVG with scripts, and web pages that claim to be images. */
export const hostilePictures: readonly string[] = [
  ...svgs.map((svg) => unescapedUtf8(svg)),
  ...polyglots,
  `<html>${SCRIPT}</html>`,
].flatMap(spellings)

/** Returns one character for each UTF-8 byte, as `btoa` requires. */
function unescapedUtf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}
