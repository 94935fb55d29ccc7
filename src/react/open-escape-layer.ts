/** Handles a press of Escape. Returns whether the layer has used the key. */
type EscapeLayer = (event: KeyboardEvent) => boolean

/** The last one is on top. */
const layers: EscapeLayer[] = []

// Dialogs of other libraries listen on the document or the window, some in the capture phase. They would close together with a
// layer inside them. So this listener is added first: when the module loads, and not when a layer opens.
if (typeof window !== 'undefined') {
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape' && layers.at(-1)?.(event)) event.stopImmediatePropagation()
    },
    true,
  )
}

/** This layer gets Escape first, until the returned function is called. */
export function openEscapeLayer(layer: EscapeLayer): () => void {
  layers.push(layer)
  return () => {
    layers.splice(layers.lastIndexOf(layer), 1)
  }
}
