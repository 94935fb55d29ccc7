import { printOnce } from '../../core/print-error.js'

/** The used parts of a `WebSocket`: of browsers, of Node, of the package `ws`, or a mock. */
export interface WebSocketLike {
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void
  close(): void
}

/** A WebSocket class. */
export type WebSocketConstructor = new (url: string) => WebSocketLike

/** More than any documented frame; the limit of `ws` is a hundred million bytes. */
export const MAX_FRAME_BYTES = 512_000

const NO_WEB_SOCKET =
  'There is no WebSocket in this runtime, so the state is polled and a scan shows later. Node has one since version 22; before, ' +
  'run: npm install ws@8'

/**
 * Returns a function that opens connections: with the given class, the global one, or the optional package `ws`, because Node has
 * no `WebSocket` before version 22. `undefined` if all are missing.
 */
export async function webSocketOpener(
  own: WebSocketConstructor | undefined,
): Promise<((url: string) => WebSocketLike) | undefined> {
  const Constructor: WebSocketConstructor | undefined = own ?? globalThis.WebSocket
  if (Constructor) return (url) => new Constructor(url)
  // Only Node loads this: a bundler would warn or fail if the package is not installed, and browsers never run it.
  const loading = import(/* webpackIgnore: true */ /* turbopackIgnore: true */ 'ws')
  const { WebSocket } = await loading.catch((error: unknown) => {
    printOnce('ws', NO_WEB_SOCKET, error)
    return { WebSocket: undefined }
  })
  if (!WebSocket) {
    // Versions before 8 have another format.
    printOnce('ws', NO_WEB_SOCKET)
    return undefined
  }
  return (url) => new WebSocket(url, { maxPayload: MAX_FRAME_BYTES })
}
