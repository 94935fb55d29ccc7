import { focusManager } from '@tanstack/react-query'

/** What part of its time a code has left when somebody who does not see it run down is told. */
const MARKS = [1 / 2, 1 / 4]

/** What was told is heard, and then gone: read later, it would not be true any more. */
const STAYS_MS = 5_000

/**
 * Tells how many seconds a code has left, at half and at a quarter of its time; and nothing again soon after. Silent while
 * nobody looks. Times are epoch milliseconds; returns what stops it.
 *
 * @param told What was told before, of this code too: its end may become known better.
 */
export function watchTimeLeft(
  { shownAt, expiresAt }: { readonly shownAt: number; readonly expiresAt: number },
  told: Set<string>,
  tell: (seconds: number | undefined) => void,
): () => void {
  const lifetimeMs = expiresAt - shownAt
  const marks = MARKS.map((part) => ({ name: `${shownAt} ${part}`, at: expiresAt - lifetimeMs * part }))
  let timer: ReturnType<typeof setTimeout> | undefined
  let isSaying = false
  const hush = () => {
    clearTimeout(timer)
    if (isSaying) tell(undefined)
    isSaying = false
  }
  const wait = () => {
    hush()
    if (!focusManager.isFocused()) return
    const next = marks.find(({ name, at }) => !told.has(name) && at > Date.now())
    if (next) timer = setTimeout(() => say(next.name), next.at - Date.now())
  }
  const say = (name: string) => {
    told.add(name)
    const seconds = Math.round((expiresAt - Date.now()) / 1_000)
    // The machine may have slept over it.
    isSaying = seconds > 0
    if (isSaying) tell(seconds)
    timer = setTimeout(wait, Math.min(STAYS_MS, lifetimeMs / 8))
  }
  const unsubscribe = focusManager.subscribe(wait)
  wait()
  return () => {
    hush()
    unsubscribe()
  }
}
