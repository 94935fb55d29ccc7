/** Handles a press of Escape. Returns whether the layer has used the key. */
type EscapeLayer = (event: KeyboardEvent) => boolean

/** The last one is on top. */
const layers: EscapeLayer[] = []

// Dialogs of other libraries listen on the document or the window, some in the capture phase. They would close together with a
// layer inside them. So this listener is added first: when the module loads, and not when a layer opens. A server has no window.
listenIn(globalThis.window)

function listenIn(view: Window | null | undefined): void {
  view?.addEventListener('keydown', onKeyDown, true)
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.key === 'Escape' && layers.at(-1)?.(event)) event.stopImmediatePropagation()
}

/** This layer gets Escape first, until the returned function is called. */
export function openEscapeLayer(layer: EscapeLayer, element: Element | null): () => void {
  // The app may render into an iframe. A listener that a window already has is not added again.
  listenIn(element?.ownerDocument.defaultView)
  layers.push(layer)
  return () => {
    layers.splice(layers.lastIndexOf(layer), 1)
  }
}
