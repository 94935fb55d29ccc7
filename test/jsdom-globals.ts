import { webcrypto as crypto } from 'node:crypto'
import * as streams from 'node:stream/web'
import { TextDecoder, TextEncoder } from 'node:util'

// The pool of these tests gives each file the globals of a jsdom window alone. What browsers have beyond those is Node's here, and of
// one kind with Node's `Request` and `Response`. Defined, since a mock that is taken back must not take these with it.
for (const [name, value] of Object.entries({ ...streams, TextDecoder, TextEncoder, crypto }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
