/** Makes this browser look like a phone to the component; returns what ends that. */
export function pretendPhone(): () => void {
  const { matchMedia } = window
  window.matchMedia = (query) => matchMedia.call(window, query === '(pointer: coarse)' ? 'all' : query)
  Object.defineProperty(navigator, 'userAgentData', { configurable: true, value: { mobile: true } })
  return () => {
    window.matchMedia = matchMedia
    // The browser's own, which is a getter of the prototype.
    Reflect.deleteProperty(navigator, 'userAgentData')
  }
}
