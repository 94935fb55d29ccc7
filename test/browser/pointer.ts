import { cdp } from 'vitest/browser'

// Mouse and touch input at a position of the page. It uses the protocol of Playwright, so the browser does the hit test and sends
// the events. `userEvent` of `vitest/browser` only presses elements, and only with a mouse.

export interface Point {
  readonly x: number
  readonly y: number
}

/** Converts a point of the page to the window. The page is a frame inside the page of the test runner. */
function inWindow({ x, y }: Point): Point {
  const frame = frameElement?.getBoundingClientRect()
  return { x: x + (frame?.x ?? 0), y: y + (frame?.y ?? 0) }
}

const mouseEvent = (
  type: 'mouseMoved' | 'mousePressed' | 'mouseReleased' | 'mouseWheel',
  at: Point,
  more: object = {},
) => cdp().send('Input.dispatchMouseEvent', { type, ...inWindow(at), ...more })

/** @param seconds The time of the event, since 1970, where it matters how fast the finger moves. */
const touchEvent = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: Point, seconds?: number) =>
  cdp().send('Input.dispatchTouchEvent', {
    type,
    touchPoints: at ? [inWindow(at)] : [],
    ...(seconds !== undefined && { timestamp: seconds }),
  })

/** The type of pointer: mouse, touch or pen. A page must treat them alike. */
export interface Pointer {
  press(at: Point): Promise<void>
  /** Scrolls the content at this point up by this many pixels. */
  scroll(at: Point, pixels: number): Promise<void>
}

/** @param to where the button is let go, if it is elsewhere */
export async function pressMouse(at: Point, to: Point = at): Promise<void> {
  const button = { button: 'left', clickCount: 1 }
  await mouseEvent('mouseMoved', at)
  await mouseEvent('mousePressed', at, button)
  if (to !== at) await mouseEvent('mouseMoved', to, { button: 'left', buttons: 1 })
  await mouseEvent('mouseReleased', to, button)
}

export const mouse: Pointer = {
  press: (at) => pressMouse(at),
  scroll: async (at, pixels) => void (await mouseEvent('mouseWheel', at, { deltaX: 0, deltaY: pixels })),
}

export const finger: Pointer = {
  async press(at) {
    await touchEvent('touchStart', at)
    await touchEvent('touchEnd')
  },
  async scroll(at, pixels) {
    const step = 20
    let seconds = Date.now() / 1000
    await touchEvent('touchStart', at, seconds)
    for (let moved = step; moved <= pixels; moved += step) {
      seconds += 0.02
      await touchEvent('touchMove', { x: at.x, y: at.y - moved }, seconds)
    }
    // The finger stops before it is lifted. A tap on a list that still scrolls only stops it.
    await touchEvent('touchMove', { x: at.x, y: at.y - pixels }, seconds + 0.5)
    await touchEvent('touchEnd', undefined, seconds + 0.52)
  },
}

/** Sets whether the device has a touch screen. `(pointer: coarse)` and `navigator.maxTouchPoints` report it. */
export async function setTouchScreen(enabled: boolean): Promise<void> {
  await cdp().send('Emulation.setTouchEmulationEnabled', { enabled, maxTouchPoints: 1 })
}

export function centreOf(element: Element): Point {
  const { x, y, width, height } = element.getBoundingClientRect()
  return { x: x + width / 2, y: y + height / 2 }
}
