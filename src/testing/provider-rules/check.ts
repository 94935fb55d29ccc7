import { isPairingErrorCode, PairingError } from '../../core/errors.js'

// Kept from the time of loading: what moves a test on must not stand still with the clock of the test.
const { setTimeout: realSetTimeout } = globalThis

/** Turns of the event loop that are enough for a chain of streams and promises to come to rest. */
const TURNS_TO_SETTLE = 4

/** Turns after which what should happen at once does not happen any more: a quarter of a second, more under load. */
const TURNS_OF_PATIENCE = 250

/** Steps after which nothing comes any more: some seconds, in which a module may also be loaded. */
const STEPS_OF_PATIENCE = 600

/** Fails the test where something is not so. */
export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message)
}

/** What became of a promise. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Waits for a promise, whichever way it goes; a synchronous throw counts as a rejection. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { value: await call() }
  } catch (error) {
    return { error }
  }
}

/** The error of an outcome that must be one, and one of ours. */
export function errorOf(what: string, outcome: Outcome): PairingError {
  check('error' in outcome, `${what} should have rejected, and resolved with ${shown(outcome)}.`)
  const { error } = outcome
  check(PairingError.isInstance(error), `${what} rejected with ${shown(outcome)}, which is no PairingError.`)
  check(isPairingErrorCode(error.code), `${what} rejected with the code "${error.code}", which there is not.`)
  return error
}

/** The error of a call that must reject, and with one of ours. */
export async function rejectionOf(what: string, call: () => Promise<unknown>): Promise<PairingError> {
  return errorOf(what, await outcomeOf(call))
}

/** Waits for what must happen at once. */
export async function soon<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  let isThere = false
  const arrive = (): void => {
    isThere = true
  }
  promise.then(arrive, arrive)
  for (let turn = 0; turn < TURNS_OF_PATIENCE && !isThere; turn += 1) await nextTurn()
  check(isThere, `${what}, which did not happen.`)
  return promise
}

/** Goes on with something until it has led somewhere. */
export async function until(what: string, isThere: () => boolean, go: () => Promise<void>): Promise<void> {
  for (let step = 0; step < STEPS_OF_PATIENCE && !isThere(); step += 1) await go()
  check(isThere(), `${what}, which did not happen.`)
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) await nextTurn()
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, 0))
}

/** An outcome in few words, for messages. */
export function shown(outcome: Outcome): string {
  if (!('error' in outcome)) return JSON.stringify(outcome.value) ?? String(outcome.value)
  const { error } = outcome
  if (PairingError.isInstance(error)) return `the PairingError "${error.code}"`
  return error instanceof Error
    ? `the ${error.name} "${error.message}"`
    : `the ${typeof error} ${String(error)}`
}
