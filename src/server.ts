export { PairingError } from './core/errors.js'
export { createPairingHandler, type PairingHandler, type PairingHandlerOptions } from './server/handler.js'
export { toNodeListener } from './server/node.js'
