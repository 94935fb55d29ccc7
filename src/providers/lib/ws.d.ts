// The used part of `ws`. Its types include those of Node, and thereby Node's globals, which edge
// runtimes do not have.
export declare const WebSocket: new (
  url: string,
  options: { readonly maxPayload: number },
) => globalThis.WebSocket
