/** What a screen reader says of its own accord from now on: each new text of a live region, in order. */
export function listen(regions = '[role="status"], [aria-live="polite"]'): readonly string[] {
  const heard: string[] = []
  const last = new Map<Element, string>()
  const hear = () => {
    for (const region of document.querySelectorAll(regions)) {
      const text = region.textContent ?? ''
      // A region that comes into the page with its text is not announced.
      if (last.has(region) && text && text !== last.get(region)) heard.push(text)
      last.set(region, text)
    }
  }
  hear()
  new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true })
  return heard
}
