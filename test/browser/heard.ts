/** Records what a screen reader announces without a user action from now on: each new text of a live region, in order. */
export function listen(regions = '[role="status"], [aria-live="polite"]'): readonly string[] {
  const heard: string[] = []
  const last = new Map<Element, string>()
  const hear = () => {
    for (const region of document.querySelectorAll(regions)) {
      const text = region.textContent ?? ''
      // Screen readers do not announce a region that enters the page together with its text.
      if (last.has(region) && text && text !== last.get(region)) heard.push(text)
      last.set(region, text)
    }
  }
  hear()
  new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true })
  return heard
}
