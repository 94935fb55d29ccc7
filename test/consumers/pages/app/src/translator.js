const TEXT = ['title', 'placeholder', 'alt', 'aria-label']
const UNTRANSLATED = '[translate="no"], .notranslate, script, style, textarea'

/** The text nodes that the translator created. */
const translated = new WeakSet()

const isTranslated = (text) => text.startsWith('«') && text.endsWith('»')
const mark = (text) => `«${text}»`

/** Returns the text from before the translation. */
export const original = (text) => text.replace(/[«»]/g, '')

function font(child) {
  const element = document.createElement('font')
  element.style.verticalAlign = 'inherit'
  element.append(child)
  return element
}

function visit(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const isElsewhere = !node.parentElement || node.parentElement.closest(UNTRANSLATED)
    if (isElsewhere || translated.has(node) || !node.data.trim()) return
    const text = document.createTextNode(mark(node.data))
    translated.add(text)
    // The text node leaves the page, and the code that references it is not notified.
    node.replaceWith(font(font(text)))
  } else if (node.nodeType === Node.ELEMENT_NODE && !node.closest(UNTRANSLATED)) {
    for (const name of TEXT) {
      const value = node.getAttribute(name)
      if (value && !isTranslated(value)) node.setAttribute(name, mark(value))
    }
    for (const child of [...node.childNodes]) visit(child)
  }
}

/**
 * Changes a page as Google Translate in Chrome does: it replaces each text node with `<font><font>…`, and
 * repeats this when the page changes.
 */
export function startTranslator() {
  document.documentElement.classList.add('translated-ltr')
  visit(document.body)
  new MutationObserver((records) => {
    for (const { addedNodes, target } of records) {
      if (addedNodes.length === 0) visit(target)
      for (const node of addedNodes) visit(node)
    }
  }).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: TEXT,
  })
}
