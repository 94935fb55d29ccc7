import { HOSTILE_MARK } from '../hostile-content.js'

/** Every element that the component uses. */
const ELEMENTS = new Set(
  [
    ...['section', 'div', 'p', 'span', 'h2', 'strong', 'code', 'bdi', 'ol', 'ul', 'li', 'dl', 'dt', 'dd'],
    ...['button', 'form', 'label', 'input', 'a', 'img', 'footer', 'details', 'summary'],
  ].map((name) => name.toUpperCase()),
)

/** The elements of icons and of the drawn QR code. None of them runs code, loads a resource or links to a page. */
const DRAWN_ELEMENTS = new Set(['svg', 'path', 'circle', 'rect', 'title'])

const IDENTIFIER = /^[\w:.«»\- ]*$/
const NUMBER = /^-?[\d.]+$/
const WORDS = /^[\p{L}\p{N}\p{P}\p{Zs}]*$/u

/** Every attribute that the component uses, and its possible values for any answer of the provider. */
const ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  id: IDENTIFIER,
  for: IDENTIFIER,
  role: IDENTIFIER,
  type: IDENTIFIER,
  dir: /^(?:ltr|rtl|auto)$/,
  lang: /^[\w-]+$/,
  hidden: /^$/,
  tabindex: NUMBER,
  inputmode: IDENTIFIER,
  autocomplete: IDENTIFIER,
  novalidate: /^$/,
  readonly: /^$/,
  // A number, or the flag of a country and its code.
  value: /^[\d +()\u{1f1e6}-\u{1f1ff}-]*$/u,
  placeholder: /^Country$/,
  spellcheck: /^false$/,
  autocorrect: /^off$/,
  autocapitalize: IDENTIFIER,
  translate: /^no$/,
  draggable: /^false$/,
  alt: WORDS,
  width: NUMBER,
  height: NUMBER,
  viewBox: /^[\d. ]+$/,
  fill: /^(?:none|#[\da-f]{6})$/i,
  stroke: /^currentColor$/,
  'stroke-width': NUMBER,
  'stroke-linecap': IDENTIFIER,
  'stroke-linejoin': IDENTIFIER,
  'shape-rendering': IDENTIFIER,
  d: /^[\d\s.,a-z-]*$/i,
  cx: NUMBER,
  cy: NUMBER,
  r: NUMBER,
  rx: NUMBER,
  x: NUMBER,
  y: NUMBER,
  referrerpolicy: /^no-referrer$/,
  rel: /^noreferrer$/,
  target: /^_blank$/,
  style:
    /^(?:--whatsapp-pairing-(?:lifetime|age): \d+(?:\.\d+)?ms; ?|--whatsapp-pairing-code-length: \d+; ?)+$/,
}

/** `aria-…` and `data-…` attributes of the component. */
const STATE_ATTRIBUTE = /^(?:aria|data)-[a-z-]+$/

/** The output of `normalizeQrPayload`: a picture of a known type, which runs no code inside an `<img>`. */
const QR_PICTURE = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/

const HTTPS = /^https:\/\/[^\s/@\\?#]+(?:[/?#][^\s"'<>\\]*)?$/i

/**
 * Returns everything in the page that the provider must not cause: unknown elements and attributes, addresses except for the
 * account's picture and the passkey help, and the provider's words except for the account's name.
 */
export function foreignIn(root: ParentNode): readonly string[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    ...(isKnown(element) ? [] : [`<${element.localName}>`]),
    ...[...element.attributes].filter((attribute) => !isAllowed(attribute, element)).map(titleOf),
    ...textsOf(element).filter((text) => text.includes(HOSTILE_MARK) && !isName(element)),
  ])
}

function isKnown({ tagName, namespaceURI }: Element): boolean {
  return namespaceURI === 'http://www.w3.org/2000/svg' ? DRAWN_ELEMENTS.has(tagName) : ELEMENTS.has(tagName)
}

function isAllowed({ name, value }: Attr, element: Element): boolean {
  if (name === 'src')
    return (isAvatar(element) ? HTTPS : QR_PICTURE).test(value) && element.localName === 'img'
  if (name === 'href')
    return (
      element.matches(
        'a:is([data-part="passkey-help"], [data-part="passkey-install"], [data-part="passkey-link"])',
      ) && HTTPS.test(value)
    )
  // A name that is cut off repeats its text in `title`.
  if (name === 'title') return isName(element) && value === element.textContent
  if (STATE_ATTRIBUTE.test(name)) return WORDS.test(value) && !value.includes(HOSTILE_MARK)
  return ATTRIBUTES[name]?.test(value) ?? false
}

function isAvatar(element: Element): boolean {
  return element.matches('[data-part="account"] img[data-part="account-avatar"]')
}

function isName(element: Element): boolean {
  return element.matches('[data-part="account"] > [data-part="account-name"]')
}

function textsOf({ childNodes }: Element): readonly string[] {
  return [...childNodes].filter(({ nodeType }) => nodeType !== 1).map(({ textContent }) => textContent ?? '')
}

function titleOf({ name, value, ownerElement }: Attr): string {
  return `${name}="${value}" of <${ownerElement?.localName}>`
}
