import { PairingError, type PairingErrorCode } from '../core/errors.js'
import { isExpected } from '../core/is-expected.js'
import { printError } from '../core/print-error.js'
import type { PairingErrorPlace, PairingLogger } from './log.js'
import { publicError } from './responses.js'
import { eventOf, type PairingServerEvent, type PairingServerListener } from './server-events.js'

/** Called with the errors that the people who run the app can repair, as they were thrown. */
export type PairingErrorListener = (error: unknown, info: { readonly in: PairingErrorPlace }) => void

/** Reports an error to the developer. */
export type Report = (error: unknown, place: PairingErrorPlace) => void

/** The reporting options of `createPairingHandler`. */
export interface ReportOptions {
  readonly onError: PairingErrorListener | undefined
  readonly log: PairingLogger | undefined
  readonly onEvent: PairingServerListener | undefined
}

/** Calls the app's reporting functions. It never throws: their errors are reported too. */
export interface Reporter {
  readonly log: PairingLogger
  readonly report: Report
  readonly emit: PairingServerListener
}

/** An error with a text of this package, which may therefore be in the log. */
export class HandlerError extends PairingError {
  /** The text for the log, if the message contains a part of the request. */
  readonly logMessage: string

  constructor(code: PairingErrorCode, message: string, logMessage: string = message) {
    super(code, message)
    this.logMessage = logMessage
  }
}

const advice: Partial<Record<PairingErrorPlace, string>> = {
  authorize:
    " The request was answered with HTTP 500. To refuse a user, return false or throw new PairingError('sign-in-required').",
  bus: ' This process continues without the other replicas.',
}

/** Creates the reporter of one handler. It prints each code once for each place. */
export function createReporter({ onError, log, onEvent }: ReportOptions): Reporter {
  const printed = new Set<string>()

  function write(entry: Parameters<PairingLogger>[0]): void {
    attempt(
      () => log?.(entry),
      (error) => reportTo(error, 'log'),
    )
    const event = eventOf(entry)
    // A listener that fails is not called about its own failure.
    if (event && !(event.type === 'error' && event.in === 'onEvent')) emit(event)
  }

  function emit(event: PairingServerEvent): void {
    attempt(
      () => onEvent?.(event),
      (error) => report(error, 'onEvent'),
    )
  }

  function reportTo(
    error: unknown,
    place: PairingErrorPlace,
  ): { code: PairingError['code']; message: string } {
    const code = PairingError.isInstance(error) ? publicError(error).code : 'unknown'
    const isOwn = error instanceof HandlerError
    const message = isOwn ? error.message : `${place} failed with ${nameOf(error)}.${advice[place] ?? ''}`
    const key = `${place} ${code}`
    if (!printed.has(key)) printError(message, ...(isOwn ? [] : [error]))
    printed.add(key)
    attempt(
      () => onError?.(error, { in: place }),
      (failure) => printError('onError failed with an exception.', failure),
    )
    return { code, message: isOwn ? error.logMessage : message }
  }

  function report(error: unknown, place: PairingErrorPlace): void {
    // From `authorize` only its own refusals are expected, which are not reported at all.
    const isOwn = error instanceof HandlerError
    if (place !== 'authorize' && !isOwn && PairingError.isInstance(error) && isExpected(error.code)) return
    write({ event: 'error', in: place, error: nameOf(error), ...reportTo(error, place) })
  }

  return { log: write, report, emit }
}

/** Calls a function of the app, which may throw or, if it is asynchronous, reject. */
function attempt(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    Promise.resolve(call()).catch(onFailure)
  } catch (error) {
    onFailure(error)
  }
}

/** The class of an error, and never its text, which only `onError` and the console get. */
function nameOf(error: unknown): string {
  if (PairingError.isInstance(error)) return `PairingError "${publicError(error).code}"`
  if (!(error instanceof Error)) return kindOf(error)
  return /^\w{1,40}$/.test(error.name) ? error.name : 'Error'
}

/** What a value is, in words: `undefined`, `an object`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
