import { webcrypto as crypto } from 'node:crypto'
import * as streams from 'node:stream/web'
import { TextDecoder, TextEncoder } from 'node:util'

// The pool of these tests gives each file only the globals of a jsdom window. Other browser globals come from
// Node here, so that they match Node's `Request` and `Response`. They are defined as properties, because a
// restored mock must not remove them.
for (const [name, value] of Object.entries({ ...streams, TextDecoder, TextEncoder, crypto }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })

// Queries by role request the style of every element and its parents, and jsdom then evaluates all of its
// built-in rules. Those rules depend only on the following properties of an element or its parents. If the
// document has a style sheet, jsdom computes the style.
const own = ['type', 'open', 'popover'] as const
const inherited = ['dir', 'hidden', 'style'] as const
const styles = new Map<string, CSSStyleDeclaration>()
const compute = globalThis.getComputedStyle

function styleKey(element: Element, pseudo: string | null | undefined): string {
  const key = [element.localName, pseudo, ...own.map((name) => element.getAttribute(name))]
  for (let at: Element | null = element; at; at = at.parentElement)
    key.push(...inherited.map((name) => at.getAttribute(name)))
  return JSON.stringify(key)
}

globalThis.getComputedStyle = (element, pseudo) => {
  if (document.styleSheets.length > 0) return compute(element, pseudo)
  const key = styleKey(element, pseudo)
  const style = styles.get(key) ?? compute(element, pseudo)
  styles.set(key, style)
  return style
}
