/**
 * Keeps the screen from going dark until the returned function is called: a phone takes its time to find the right menu.
 * Where the browser cannot or may not (no such API, saving power, a permissions policy), nothing happens.
 */
export function keepAwake(): () => void {
  const controller = new AbortController()
  let held: WakeLockSentinel | undefined
  let isAsking = false
  const ask = async () => {
    // Browsers take the lock away from a page that is hidden, and refuse it there.
    if (isAsking || document.visibilityState !== 'visible' || (held && !held.released)) return
    isAsking = true
    try {
      held = await navigator.wakeLock.request('screen')
      if (controller.signal.aborted) await held.release()
    } catch {
      // The screen goes dark when it would have.
    } finally {
      isAsking = false
    }
  }
  if (!('wakeLock' in navigator)) return () => {}
  document.addEventListener('visibilitychange', ask, { signal: controller.signal })
  void ask()
  return () => {
    controller.abort()
    held?.release().catch(() => {})
  }
}
