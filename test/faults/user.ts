import { codeOnScreen } from './code-ends.js'
import type { FaultSetup } from './fault-setup.js'

/** How a user links the phone. Times count from the change on screen. */
export interface UserHabits {
  /** False: no phone is in front of the page. */
  readonly scans: boolean
  /** Presses “Start over” or “Retry” when it helps, a few times. */
  readonly startsOver: boolean
  /** Switches to the QR code if no pairing code is available. */
  readonly givesUpOnCodes: boolean
}

/** The steps that a user reaches. */
export type UserStep = 'code-seen' | 'code-taken' | 'linked'

const SUBMIT_AFTER_MS = 1_000
const SUBMIT_AGAIN_AFTER_MS = 6_000
const MOST_SUBMITS = 3
const MOST_STARTS = 3
const SEE_AFTER_MS = 3_000
const SCAN_AFTER_MS = 8_000
const SCAN_AGAIN_AFTER_MS = 5_000

/** Makes a user act on the page from now on, and calls `onStep` at each step. Returns a function that makes the user leave. */
export function startUser(
  setup: FaultSetup,
  { scans, startsOver, givesUpOnCodes }: UserHabits,
  onStep: (step: UserStep) => void = () => {},
): () => void {
  const { page } = setup
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  let submits = 0
  let starts = 0
  let takenCode: string | undefined

  /** Runs an action after a delay; a repeated call does not restart the delay. */
  function intend(what: string, afterMs: number, action: () => void): void {
    if (timers.has(what)) return
    const act = (): void => {
      timers.delete(what)
      action()
    }
    timers.set(what, setTimeout(act, afterMs))
  }

  function forget(...intentions: readonly string[]): void {
    for (const what of intentions) {
      clearTimeout(timers.get(what))
      timers.delete(what)
    }
  }

  function submit(): void {
    const { session } = page
    if (session?.status !== 'awaiting-number' || session.retryAt !== undefined) return
    if (submits < MOST_SUBMITS) {
      submits += 1
      page.press('submit-button')
    } else if (givesUpOnCodes) {
      page.choose('qr')
    }
  }

  function holdPhone(): void {
    const code = codeOnScreen(page.session)
    if (code === undefined) return
    if (setup.isSeen && setup.answer()) {
      takenCode = code
      onStep('code-taken')
    } else {
      intend('scan', SCAN_AGAIN_AFTER_MS, holdPhone)
    }
  }

  function startOver(): void {
    starts += 1
    page.press('retry-button')
  }

  function react(): void {
    const { session } = page
    const code = codeOnScreen(session)
    if (code === undefined) forget('see', 'scan')
    else {
      intend('see', SEE_AFTER_MS, () => onStep('code-seen'))
      if (scans && code !== takenCode) intend('scan', SCAN_AFTER_MS, holdPhone)
    }
    if (session?.status === 'awaiting-number')
      intend('submit', submits === 0 ? SUBMIT_AFTER_MS : SUBMIT_AGAIN_AFTER_MS, submit)
    if (session?.status === 'linked') onStep('linked')
    const isStuck =
      session?.status === 'expired' || (session?.status === 'failed' && session.error.action === 'start-over')
    if (startsOver && isStuck && starts < MOST_STARTS) intend('start over', SUBMIT_AFTER_MS, startOver)
  }

  setup.onChange = react
  react()
  return () => {
    setup.onChange = () => {}
    forget(...timers.keys())
  }
}
