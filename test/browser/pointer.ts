import { cdp } from 'vitest/browser'

// A mouse and a finger at places of the page, by the protocol that Playwright uses itself: the browser does the hit test, and sends
// the events. `userEvent` of `vitest/browser` only presses elements, and only with a mouse.

export interface Point {
  readonly x: number
  readonly y: number
}

/** The page is a frame in the test runner's own. */
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

/** The kind of pointer: mouse, touch or pen. A page must treat them alike. */
export interface Pointer {
  press(at: Point): Promise<void>
  /** Moves what lies there up by so many pixels, to see what is below. */
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
    // Held still before it is lifted: a tap into a list that still moves only stops it.
    await touchEvent('touchMove', { x: at.x, y: at.y - pixels }, seconds + 0.5)
    await touchEvent('touchEnd', undefined, seconds + 0.52)
  },
}

/** Whether the device has a screen to touch: what `(pointer: coarse)` and `navigator.maxTouchPoints` say. */
export async function setTouchScreen(enabled: boolean): Promise<void> {
  await cdp().send('Emulation.setTouchEmulationEnabled', { enabled, maxTouchPoints: 1 })
}

export function centreOf(element: Element): Point {
  const { x, y, width, height } = element.getBoundingClientRect()
  return { x: x + width / 2, y: y + height / 2 }
}
