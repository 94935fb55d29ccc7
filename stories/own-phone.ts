/** Makes this browser look like a phone to the component. Returns a function that ends that. */
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
