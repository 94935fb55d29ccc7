// @ts-check

/** @import { Locator, Page } from 'playwright' */

/**
 * Presses with the mouse, or with a finger if the page supports touch. The target must be the topmost element
 * at that point.
 *
 * @param {Page} page
 * @param {Locator} target
 */
export async function press(page, target) {
  await target.scrollIntoViewIfNeeded()
  const place = await target.evaluate(async (element) => {
    const boxOf = () => JSON.stringify(element.getBoundingClientRect())
    // Waits for a dialog that still moves, because the press would miss it.
    for (let before = ''; before !== boxOf(); ) {
      before = boxOf()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const { x, y, width, height } = element.getBoundingClientRect()
    const at = { x: x + width / 2, y: y + height / 2 }
    const found = document.elementFromPoint(at.x, at.y)
    const isHit = found !== null && element.contains(found)
    return {
      ...at,
      cover: isHit ? undefined : (found?.outerHTML.slice(0, 200) ?? 'nothing'),
      isTouch: 'ontouchstart' in window,
    }
  })
  if (place.cover !== undefined) throw new Error(`${target} is covered by ${place.cover}`)
  if (place.isTouch) await page.touchscreen.tap(place.x, place.y)
  else await page.mouse.click(place.x, place.y)
}
