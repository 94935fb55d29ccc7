/**
 * Keeps the screen on until the returned function is called, because users need time to find the right menu on the phone. If the
 * browser does not support or allow this (no API, power saving, a permissions policy), nothing happens.
 */
export function keepAwake(): () => void {
  const controller = new AbortController()
  let held: WakeLockSentinel | undefined
  let isRequesting = false
  const requestLock = async () => {
    // Browsers release the lock when the page is hidden, and refuse a new one there.
    if (isRequesting || document.visibilityState !== 'visible' || (held && !held.released)) return
    isRequesting = true
    try {
      held = await navigator.wakeLock.request('screen')
      if (controller.signal.aborted) await held.release()
    } catch {
      // The screen turns off as usual.
    } finally {
      isRequesting = false
    }
  }
  if (!('wakeLock' in navigator)) return () => {}
  document.addEventListener('visibilitychange', requestLock, { signal: controller.signal })
  void requestLock()
  return () => {
    controller.abort()
    held?.release().catch(() => {})
  }
}
