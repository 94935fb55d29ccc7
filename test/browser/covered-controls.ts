/** All controls that a user can press or type in. Disabled controls are included, because nothing may cover them either. */
const CONTROLS =
  'a[href], button, input:not([type="hidden"]), select, textarea, summary, [role="option"], [tabindex="0"]'

/** An open popup may cover its surroundings: the country field with its list. */
const OPEN_POPUP = '[data-part="country-picker"][data-state="open"]'

/** Far enough from the edge to be inside any rounded corner, including a circle. */
const insetOf = (width: number, height: number): number => 0.15 * Math.min(width, height) + 1

/**
 * Finds the controls that a pointer cannot reach. It scrolls each control into view, and `document.elementFromPoint` must find it
 * at its centre and at four points near its corners. Behind a modal dialog no control can be pressed, so only the topmost dialog
 * is checked.
 *
 * @returns one line for each control that is covered, clipped or without area
 */
export function coveredControls(page: Document = document): readonly string[] {
  const scope = [...page.querySelectorAll('dialog:modal')].at(-1) ?? page
  return [...scope.querySelectorAll<HTMLElement>(CONTROLS)]
    .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !isAmongMany(control))
    .flatMap((control) => {
      control.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
      undoHiddenScrolling(control)
      const misses = [...control.getClientRects()].flatMap((box) => missesIn(control, box))
      if (control.getClientRects().length === 0) misses.push('it has no area')
      return misses.length > 0 ? [`${nameOf(control)}: ${misses.join('; ')}`] : []
    })
}

/** In a long list, the ends and the selected option are enough. The 245 countries either all cover each other or none does. */
function isAmongMany(control: Element): boolean {
  if (control.role !== 'option' || control.ariaSelected === 'true') return false
  const options = [...(control.parentElement?.children ?? [])]
  const place = options.indexOf(control)
  return place > 2 && place < options.length - 3
}

/** `scrollIntoView` also scrolls boxes with `overflow: hidden`. A user cannot do that. */
function undoHiddenScrolling(control: Element): void {
  for (let box = control.parentElement; box && box !== box.ownerDocument.body; box = box.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(box)
    if (overflowX === 'hidden') box.scrollLeft = 0
    if (overflowY === 'hidden') box.scrollTop = 0
  }
}

function missesIn(control: Element, box: DOMRect): readonly string[] {
  if (box.width < 1 || box.height < 1) return ['it has no area']
  const inset = insetOf(box.width, box.height)
  const points = [
    ['centre', box.x + box.width / 2, box.y + box.height / 2],
    ['top left', box.left + inset, box.top + inset],
    ['top right', box.right - inset, box.top + inset],
    ['bottom left', box.left + inset, box.bottom - inset],
    ['bottom right', box.right - inset, box.bottom - inset],
  ] as const
  return points.flatMap(([place, x, y]) => {
    const hit = control.ownerDocument.elementFromPoint(x, y)
    if (hit && control.contains(hit)) return []
    const popup = hit?.closest(OPEN_POPUP)
    if (popup && !popup.contains(control)) return []
    return [`${place} (${Math.round(x)}, ${Math.round(y)}) is ${hit ? nameOf(hit) : 'outside of the window'}`]
  })
}

/** A short description that identifies an element: `<div aria-live="polite" data-part="…"> 77×52 "text"`. */
function nameOf(element: Element): string {
  const attributes = ['role', 'data-part', 'aria-live', 'aria-label']
    .filter((name) => element.hasAttribute(name))
    .map((name) => ` ${name}="${element.getAttribute(name)}"`)
  const { width, height } = element.getBoundingClientRect()
  const text = element.textContent.trim().slice(0, 24)
  return `<${element.localName}${attributes.join('')}> ${Math.round(width)}×${Math.round(height)}${text && ` "${text}"`}`
}
