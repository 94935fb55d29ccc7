// The part of `ws` that is used. Its own types bring those of Node along, and with them Node's globals, which edge
// runtimes do not have.
export declare const WebSocket: new (
  url: string,
  options: { readonly maxPayload: number },
) => globalThis.WebSocket
