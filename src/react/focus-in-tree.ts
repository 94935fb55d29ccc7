/** The focused element in the document or the shadow root of an element; from outside, the focus is on the shadow host. */
export function focusInTree(element: Element): Element | null {
  const root = element.getRootNode()
  return root instanceof ShadowRoot ? root.activeElement : element.ownerDocument.activeElement
}
