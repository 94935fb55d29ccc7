/** Makes the component treat this browser as a phone. Returns a function that undoes this. */
export function pretendPhone(): () => void {
  const { matchMedia } = window
  window.matchMedia = (query) => matchMedia.call(window, query === '(pointer: coarse)' ? 'all' : query)
  Object.defineProperty(navigator, 'userAgentData', { configurable: true, value: { mobile: true } })
  return () => {
    window.matchMedia = matchMedia
    // Restores the browser's value, which is a getter of the prototype.
    Reflect.deleteProperty(navigator, 'userAgentData')
  }
}
