import { printOnce } from '../../core/print-error.js'

/** As much of a `WebSocket` as is used: that of browsers, of Node, of the package `ws`, or a stand-in. */
export interface WebSocketLike {
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void
  close(): void
}

/** A class to make connections with. */
export type WebSocketConstructor = new (url: string) => WebSocketLike

/** More than any documented frame; `ws` would take a hundred million bytes. */
export const MAX_FRAME_BYTES = 512_000

const NO_WEB_SOCKET =
  'There is no WebSocket in this runtime, so the state is polled and a scan shows later. Node has one since version 22; before, ' +
  'run: npm install ws@8'

/**
 * A way to open connections: the class given, the global one, or the optional package `ws`, since Node has no
 * `WebSocket` before version 22. `undefined` where there is none of them.
 */
export async function webSocketOpener(
  own: WebSocketConstructor | undefined,
): Promise<((url: string) => WebSocketLike) | undefined> {
  const Constructor: WebSocketConstructor | undefined = own ?? globalThis.WebSocket
  if (Constructor) return (url) => new Constructor(url)
  // Left to Node: a bundler warns or fails where the package is not installed, and browsers never come here.
  const loading = import(/* webpackIgnore: true */ /* turbopackIgnore: true */ 'ws')
  const { WebSocket } = await loading.catch((error: unknown) => {
    printOnce('ws', NO_WEB_SOCKET, error)
    return { WebSocket: undefined }
  })
  if (!WebSocket) {
    // Before version 8 it has another form.
    printOnce('ws', NO_WEB_SOCKET)
    return undefined
  }
  return (url) => new WebSocket(url, { maxPayload: MAX_FRAME_BYTES })
}
