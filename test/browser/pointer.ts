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

const touchEvent = (type: 'touchStart' | 'touchEnd', at?: Point) =>
  cdp().send('Input.dispatchTouchEvent', { type, touchPoints: at ? [inWindow(at)] : [] })

/** How a person points: the one thing that a page may not tell apart. */
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
  // Held still at the end: a tap into a list that still moves only stops it.
  scroll: async (at, pixels) =>
    void (await cdp().send('Input.synthesizeScrollGesture', {
      ...inWindow(at),
      yDistance: -pixels,
      gestureSourceType: 'touch',
      preventFling: true,
    })),
}

/** Whether the device has a screen to touch: what `(pointer: coarse)` and `navigator.maxTouchPoints` say. */
export async function setTouchScreen(enabled: boolean): Promise<void> {
  await cdp().send('Emulation.setTouchEmulationEnabled', { enabled, maxTouchPoints: 1 })
}

export function centreOf(element: Element): Point {
  const { x, y, width, height } = element.getBoundingClientRect()
  return { x: x + width / 2, y: y + height / 2 }
}
