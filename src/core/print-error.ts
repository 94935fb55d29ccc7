declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** Prints an error for the developer. In production it prints nothing: there the app decides what it logs. */
export function printError(message: string, ...error: readonly unknown[]): void {
  if (!isProduction()) console.error(`[whatsapp-pairing] ${message}`, ...error)
}

const printed = new Set<string>()

/** As {@link printError}, but only once for each `key`. */
export function printOnce(key: string, message: string, ...error: readonly unknown[]): void {
  if (!printed.has(key)) printError(message, ...error)
  printed.add(key)
}

function isProduction(): boolean {
  try {
    // This exact expression, because bundlers replace it as a whole.
    return process.env.NODE_ENV === 'production'
  } catch {
    // A runtime without `process` is treated like Node without NODE_ENV: not as production.
    return false
  }
}
