/** What closes when the user presses Escape. Returns whether the key was pressed for it. */
type EscapeLayer = (event: KeyboardEvent) => boolean

/** The last one is on top. */
const layers: EscapeLayer[] = []

// Dialogs of other libraries listen on the document or the window, some before an event reaches the element that has the
// focus. They would close together with a layer that is open inside of them. So this listener is there first: from when the
// module is loaded, and not from when a layer opens.
if (typeof window !== 'undefined') {
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape' && layers.at(-1)?.(event)) event.stopImmediatePropagation()
    },
    true,
  )
}

/** Escape is for this layer first, until the returned function is called. */
export function openEscapeLayer(layer: EscapeLayer): () => void {
  layers.push(layer)
  return () => {
    layers.splice(layers.lastIndexOf(layer), 1)
  }
}
