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
export const MAX_FRAME_BYTES = 2_000_000

/**
 * A way to open connections: the class given, the global one, or the optional package `ws`, since Node has no
 * `WebSocket` before version 22. `undefined` where there is none of them.
 */
export async function webSocketOpener(
  own: WebSocketConstructor | undefined,
): Promise<((url: string) => WebSocketLike) | undefined> {
  const Constructor: WebSocketConstructor | undefined = own ?? globalThis.WebSocket
  if (Constructor) return (url) => new Constructor(url)
  try {
    // Left to Node: a bundler warns or fails where the package is not installed, and browsers never come here.
    const { WebSocket } = await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ 'ws')
    return (url) => new WebSocket(url, { maxPayload: MAX_FRAME_BYTES })
  } catch {
    return undefined
  }
}
