/**
 * Keeps the screen on until the returned function is called, because users need time to find the right menu on the phone. If the
 * browser does not support or allow this (no API, power saving, a permissions policy), nothing happens.
 */
export function keepAwake(): () => void {
  const controller = new AbortController()
  let held: WakeLockSentinel | undefined
  let isAsking = false
  const ask = async () => {
    // Browsers release the lock when the page is hidden, and refuse a new one there.
    if (isAsking || document.visibilityState !== 'visible' || (held && !held.released)) return
    isAsking = true
    try {
      held = await navigator.wakeLock.request('screen')
      if (controller.signal.aborted) await held.release()
    } catch {
      // The screen turns off as usual.
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
