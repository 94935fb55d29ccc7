/** Begins when the module is there, unless it was stopped before; returns what stops it. A module that does not load is done without. */
export function onceLoaded<Module>(
  loading: Promise<Module>,
  begin: (module: Module) => () => void,
): () => void {
  let isGone = false
  let stop: (() => void) | undefined
  loading.then(
    (module) => {
      if (!isGone) stop = begin(module)
    },
    () => {},
  )
  return () => {
    isGone = true
    stop?.()
  }
}
