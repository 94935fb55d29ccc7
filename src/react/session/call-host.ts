import { PairingError } from '../../core/errors.js'
import { printOnce } from '../../core/print-error.js'
import type { HostFunction, PairingCallbacks } from './pairing-callbacks.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/**
 * Calls a callback of the app. An exception in it must not stop the pairing. It goes to `onError`, to the console, and to the
 * page's handlers for uncaught exceptions.
 */
export function callHost(
  name: HostFunction,
  call: () => unknown,
  onError?: PairingCallbacks['onError'],
): void {
  const failed = (exception: unknown): void => {
    if (process.env.NODE_ENV !== 'production')
      printOnce(name, `${name} failed with an exception. The pairing goes on.`, exception)
    if (typeof reportError === 'function') reportError(exception)
    else void Promise.reject(exception)
    const error = new PairingError('unknown', `${name} of the app failed with an exception.`)
    error.cause = exception
    if (onError) callHost('onError', () => onError(error, { in: name }))
  }
  try {
    // An asynchronous callback rejects. Even a callback typed as `void` may return a promise.
    Promise.resolve(call()).catch(failed)
  } catch (exception) {
    failed(exception)
  }
}
