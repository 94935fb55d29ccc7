import { focusManager } from '@tanstack/react-query'

/** What part of its time a code has left when screen readers announce it. */
const MARKS = [1 / 2, 1 / 4]

/** An announcement is removed after this time: read later, it would not be true any more. */
const STAYS_MS = 5_000

/**
 * Announces how many seconds a code has left, at half and at a quarter of its time, and removes that soon after. Silent while
 * the page is hidden. Times are epoch milliseconds; returns what stops it.
 *
 * @param announced What was announced before, of this code too: its end may become known better.
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
    if (next) timer = setTimeout(() => say(next.name), next.at - Date.now())
  }
  const say = (name: string) => {
    announced.add(name)
    const seconds = Math.round((expiresAt - Date.now()) / 1_000)
    // The machine may have slept over it.
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
