/** The provider's end of an emulated connection. */
export interface EmulatedServerEnd {
  /** The URL that the client opens. */
  readonly url: URL
  /** Completes the handshake. */
  accept(): void
  send(text: string): void
  /**
   * Ends the connection, or refuses it if it is not accepted yet; the client then gets no reason. 1006 means that the connection
   * broke.
   */
  close(code: number): void
  /** Called when either side has ended the connection. */
  onEnd(listener: () => void): void
}

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/** No reason was given. */
const NO_STATUS = 1005
const ABNORMAL_CLOSURE = 1006

type Handler<Type extends Event> = ((event: Type) => void) | null

/** Like the browser's `CloseEvent`, which older versions of Node lack. */
export interface EmulatedCloseEvent extends Event {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
}

/** The client's end of an emulated connection: the parts of a `WebSocket` that a listening client uses. */
export class EmulatedWebSocket extends EventTarget {
  readonly url: string
  onopen: Handler<Event> = null
  onmessage: Handler<MessageEvent> = null
  onerror: Handler<Event> = null
  onclose: Handler<EmulatedCloseEvent> = null
  #readyState = CONNECTING
  readonly #endListeners: (() => void)[] = []

  /** @param attend - The provider. Called after the client had time to add its listeners. */
  constructor(url: string | URL, attend: (server: EmulatedServerEnd) => void) {
    super()
    const address = new URL(url)
    this.url = address.href
    const server: EmulatedServerEnd = {
      url: address,
      accept: () => this.#accept(),
      send: (text) => this.#receive(text),
      close: (code) => this.#end(this.#readyState === CONNECTING ? ABNORMAL_CLOSURE : code),
      onEnd: (listener) => this.#endListeners.push(listener),
    }
    queueMicrotask(() => {
      if (this.#readyState === CONNECTING) attend(server)
    })
  }

  override addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  override addEventListener(type: 'close', listener: (event: EmulatedCloseEvent) => void): void
  // The types come from `EventTarget`, because without the DOM Node's types have no names for the listener and the options.
  override addEventListener(...listening: Parameters<EventTarget['addEventListener']>): void
  override addEventListener(
    type: string,
    listener: never,
    options?: Parameters<EventTarget['addEventListener']>[2],
  ): void {
    super.addEventListener(type, listener, options)
  }

  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  get readyState(): number {
    return this.#readyState
  }

  /** The emulated provider ignores messages of the client. */
  send(): void {}

  close(code: number = NO_STATUS): void {
    if (this.#readyState >= CLOSING) return
    const wasConnecting = this.#readyState === CONNECTING
    this.#readyState = CLOSING
    this.#notifyServer()
    queueMicrotask(() => this.#end(wasConnecting ? ABNORMAL_CLOSURE : code))
  }

  #accept(): void {
    if (this.#readyState !== CONNECTING) return
    this.#readyState = OPEN
    this.#emit('onopen', new Event('open'))
  }

  #receive(data: string): void {
    if (this.#readyState === OPEN) this.#emit('onmessage', new MessageEvent('message', { data }))
  }

  #end(code: number): void {
    if (this.#readyState === CLOSED) return
    this.#readyState = CLOSED
    this.#notifyServer()
    const wasClean = code !== ABNORMAL_CLOSURE
    if (!wasClean) this.#emit('onerror', new Event('error'))
    this.#emit('onclose', Object.assign(new Event('close'), { code, reason: '', wasClean }))
  }

  #notifyServer(): void {
    for (const listener of this.#endListeners.splice(0)) listener()
  }

  #emit(name: 'onopen' | 'onerror', event: Event): void
  #emit(name: 'onmessage', event: MessageEvent): void
  #emit(name: 'onclose', event: EmulatedCloseEvent): void
  #emit(name: 'onopen' | 'onmessage' | 'onerror' | 'onclose', event: never): void {
    this.dispatchEvent(event)
    this[name]?.(event)
  }
}
