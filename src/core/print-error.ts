declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** Prints an error for the developer. In production it prints nothing: there the host decides what its logs hold. */
export function printError(message: string, ...error: readonly unknown[]): void {
  if (!isProduction()) console.error(`[whatsapp-pairing] ${message}`, ...error)
}

const printed = new Set<string>()

/** As {@link printError}, but for each `key` only the first time. */
export function printOnce(key: string, message: string, ...error: readonly unknown[]): void {
  if (!printed.has(key)) printError(message, ...error)
  printed.add(key)
}

function isProduction(): boolean {
  try {
    // Written out, because bundlers replace this expression as a whole.
    return process.env.NODE_ENV === 'production'
  } catch {
    // A runtime without `process`. It does not say that it is production, just like Node without NODE_ENV.
    return false
  }
}
