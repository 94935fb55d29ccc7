/** Begins when the module has loaded, unless it was stopped before; returns what stops it. Does nothing where the module does not load. */
export function onceLoaded<Module>(
  loading: Promise<Module>,
  begin: (module: Module) => () => void,
): () => void {
  let isStopped = false
  let stop: (() => void) | undefined
  loading.then(
    (module) => {
      if (!isStopped) stop = begin(module)
    },
    () => {},
  )
  return () => {
    isStopped = true
    stop?.()
  }
}
