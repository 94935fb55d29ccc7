import { focusManager } from '@tanstack/react-query'

/** The remaining parts of a code's time that screen readers announce. */
const MARKS = [1 / 2, 1 / 4]

/** An announcement is removed after this time, because later it would be wrong. */
const STAYS_MS = 5_000

/**
 * Announces the remaining seconds of a code at half and at a quarter of its time, and removes the announcement soon after. Silent
 * while the page is hidden. Times are epoch milliseconds. Returns a function that stops it.
 *
 * @param announced Earlier announcements, also for this code, because a more exact end may become known.
 */
export function watchTimeLeft(
  { shownAt, expiresAt }: { readonly shownAt: number; readonly expiresAt: number },
  announced: Set<string>,
  announce: (seconds: number | undefined) => void,
): () => void {
  const lifetimeMs = expiresAt - shownAt
  const marks = MARKS.map((part) => ({ name: `${shownAt} ${part}`, at: expiresAt - lifetimeMs * part }))
  let timer: ReturnType<typeof setTimeout> | undefined
  let isAnnounced = false
  const clear = () => {
    clearTimeout(timer)
    if (isAnnounced) announce(undefined)
    isAnnounced = false
  }
  const wait = () => {
    clear()
    if (!focusManager.isFocused()) return
    const next = marks.find(({ name, at }) => !announced.has(name) && at > Date.now())
    if (next) timer = setTimeout(() => announceMark(next.name), next.at - Date.now())
  }
  const announceMark = (name: string) => {
    announced.add(name)
    const seconds = Math.round((expiresAt - Date.now()) / 1_000)
    // The time may already be over if the machine has slept.
    isAnnounced = seconds > 0
    if (isAnnounced) announce(seconds)
    timer = setTimeout(wait, Math.min(STAYS_MS, lifetimeMs / 8))
  }
  const unsubscribe = focusManager.subscribe(wait)
  wait()
  return () => {
    clear()
    unsubscribe()
  }
}
