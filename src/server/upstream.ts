import { PairingError, toPairingError } from '../core/errors.js'
import type { PairingProvider, RequestOptions } from '../core/provider.js'
import type { WireAction } from '../core/wire.js'
import type { ReadQuestion } from './knowledge.js'
import type { PairingErrorPlace, PairingLogger } from './log.js'
import type { Report } from './report.js'

/** One call of a provider may take two requests: the QR code, then the state. */
const REQUESTS_PER_CALL = 2

/** Which provider is called, and who notes it down. */
export interface UpstreamOptions {
  readonly provider: PairingProvider
  readonly call: ReadQuestion | WireAction
  readonly log: PairingLogger
  readonly report: Report
  readonly signal: AbortSignal
}

const methods: Readonly<Record<ReadQuestion | WireAction, PairingErrorPlace>> = {
  status: 'getStatus',
  'qr-code': 'getQrCode',
  'request-pairing-code': 'requestPairingCode',
  reset: 'reset',
  unlink: 'unlink',
}

/**
 * Calls a provider and waits no longer than it is allowed to take: adapters have limits of their own, but a provider
 * of the host's may have none, may ignore its signal, and may reject with anything.
 */
export async function upstream<Value>(
  { provider, call, log, report, signal }: UpstreamOptions,
  run: (options: RequestOptions) => Promise<Value>,
): Promise<Value> {
  const { id, sessionId, timing } = provider
  const startedAt = Date.now()
  const entry = () =>
    ({ event: 'upstream', provider: id, sessionId, call, durationMs: Date.now() - startedAt }) as const
  try {
    const value = await inTime(run, timing.requestTimeoutMs * REQUESTS_PER_CALL, signal)
    log(entry())
    return value
  } catch (error) {
    const failure = toPairingError(error)
    log({ ...entry(), code: failure.code })
    // Nobody waits any more, so whatever it failed with says nothing about the provider.
    if (!signal.aborted) report(error, methods[call])
    throw failure
  }
}

async function inTime<Value>(
  run: (options: RequestOptions) => Promise<Value>,
  limitMs: number,
  outer: AbortSignal,
): Promise<Value> {
  const controller = new AbortController()
  const end = (): void => controller.abort()
  if (outer.aborted) end()
  outer.addEventListener('abort', end)
  let timer: ReturnType<typeof setTimeout> | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new PairingError('timeout', 'The provider did not answer in time. Try again.'))
      end()
    }, limitMs)
  })
  try {
    return await Promise.race([run({ signal: controller.signal }), overdue])
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
  }
}
