/**
 * Properties that the browser draws for the user or the page, and properties that only repeat or follow from
 * others.
 */
const IGNORED = [
  /^(?:-webkit-(?:font-smoothing|tap-highlight-color)|tab-size|text-rendering|text-size-adjust|scrollbar-(?:color|width))$/,
  /^(?:perspective-origin|transform-origin|grid-template-rows|height|width)$/,
  /(?:^|-)(?:block|inline)(?:-|$)/,
]

/** The visible properties of a shape. A shape has no box and therefore no border. */
const OF_SHAPES =
  /^(?:display|visibility|opacity|fill|stroke|stroke-width|stroke-line.*|fill-.*|d|cx|cy|rx|ry|r|x|y|transform)$/

/** @type {Map<string, readonly { name: string, styles: string, box: readonly number[], isShape: boolean }[]>} */
const kept = new Map()

/**
 * Records how the elements that match a selector, and their descendants, are drawn now. Returns their number.
 */
export function measure(within) {
  kept.set(within, drawn(within))
  return kept.get(within).length
}

/** Returns what has changed since the measurement. */
export function differences(within) {
  const before = kept.get(within)
  const after = drawn(within)
  if (before.length !== after.length) return [`${before.length} elements alone, ${after.length} in the host`]
  return before.flatMap((alone, index) => {
    const { name, styles, box, isShape } = after[index]
    if (alone.name !== name) return [`${alone.name}: in the host, ${name} is in its place`]
    const moved = isNear(alone.box, box) ? [] : [`${name} is at ${box}, alone at ${alone.box}`]
    // The styles are usually identical.
    return alone.styles === styles ? moved : [...moved, ...compare(name, alone.styles, styles, isShape)]
  })
}

function drawn(within) {
  // A running countdown would be drawn differently a moment later.
  for (const animation of document.getAnimations()) animation.cancel()
  return [...document.querySelectorAll(within)]
    .flatMap((root) => [root, ...root.querySelectorAll('*')])
    .filter((element) => !element.closest('[role="option"]:nth-child(n + 4)'))
    .flatMap((element) => {
      const name = nameOf(element)
      const isShape = element instanceof SVGElement && element.localName !== 'svg'
      return pseudosOf(element).map((pseudo) => ({
        name: name + pseudo,
        styles: stylesOf(element, pseudo),
        box: pseudo || isShape ? [] : boxOf(element),
        isShape,
      }))
    })
}

function nameOf(element) {
  const part = element.closest('[data-part]')
  const state = element.closest('[data-state]:not([data-scope] *)')?.dataset.state ?? 'dialog'
  return `${state}: ${part.dataset.part}${part === element ? '' : ` ${element.localName}`}`
}

function pseudosOf(element) {
  if (element instanceof SVGElement) return ['']
  const isItem = getComputedStyle(element).display.includes('list-item')
  return [
    '',
    '::before',
    '::after',
    ...(isItem ? ['::marker'] : []),
    ...(element.localName === 'input' ? ['::placeholder'] : []),
    ...(element.localName === 'dialog' ? ['::backdrop'] : []),
  ]
}

function stylesOf(element, pseudo) {
  const styles = getComputedStyle(element, pseudo || undefined)
  // A pseudo-element has styles even if it is not drawn.
  const isNothing = /before|after/.test(pseudo) && styles.content === 'none'
  return isNothing ? 'content: none;' : styles.cssText
}

function compare(name, alone, hosted, isShape) {
  const [before, after] = [alone, hosted].map(
    (text) => new Map(text.split('; ').map((line) => [line.slice(0, line.indexOf(':')), line])),
  )
  return [...before.keys()]
    .filter((key) => before.get(key) !== after.get(key))
    .filter((key) => (isShape ? OF_SHAPES.test(key) : !IGNORED.some((ignored) => ignored.test(key))))
    .map((key) => `${name} ${after.get(key)}, alone ${before.get(key)}`)
}

/**
 * The box relative to the root, because the host decides the root's position. An element that is not
 * displayed has none.
 */
function boxOf(element) {
  if (element.getClientRects().length === 0) return []
  const root = element.closest('[data-scope]').getBoundingClientRect()
  const { x, y, width, height } = element.getBoundingClientRect()
  return [x - root.x, y - root.y, width, height].map(Math.round)
}

/** Allows one pixel of rounding. */
const isNear = (alone, hosted) =>
  alone.length === hosted.length && alone.every((length, index) => Math.abs(length - hosted[index]) <= 1)
