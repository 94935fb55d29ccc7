import { webcrypto as crypto } from 'node:crypto'
import * as streams from 'node:stream/web'
import { TextDecoder, TextEncoder } from 'node:util'

// The pool of these tests gives each file the globals of a jsdom window alone. What browsers have beyond those is Node's here, and of
// one kind with Node's `Request` and `Response`. Defined, since a mock that is taken back must not take these with it.
for (const [name, value] of Object.entries({ ...streams, TextDecoder, TextEncoder, crypto }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })

// Queries by role request the style of every element and its parents, for which jsdom tries all of its own rules each time. Those
// look at no more than the following, of an element or what it inherits from. Where a style sheet counts, jsdom decides.
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
