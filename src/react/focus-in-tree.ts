/** The focused element in the document or the shadow root of an element; from outside, the focus is on the shadow host. */
export function focusInTree(element: Element): Element | null {
  const root: Node & Partial<DocumentOrShadowRoot> = element.getRootNode()
  return root.activeElement ?? null
}
