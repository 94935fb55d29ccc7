import { PairingError } from '../../core/errors.js'
import { isSame } from '../../core/is-same.js'
import { asHttpsUrl } from '../../core/json.js'
import { normalizePairingCode } from '../../core/pairing-code.js'
import { isPhoneNumber } from '../../core/phone-number.js'
import type { PairingAccount, PairingSnapshot, ProviderTiming, SnapshotDetails } from '../../core/provider.js'
import { isDrawable, normalizeQrPayload, type QrPayload } from '../../core/qr-payload.js'
import { check } from './check.js'

type Fields = Readonly<Record<string, unknown>>

/** Whether a field has the form it must have. */
type Test = (value: unknown) => boolean

const isDuration: Test = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0
const isText: Test = (value) => typeof value === 'string' && value.trim() !== ''
const isHttps: Test = (value) => typeof value === 'string' && asHttpsUrl(value) === value
const optional =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value)

/** `proxy` holds what it is told between these two; anything else would mean one pace with a server and another without. */
const SHORTEST_MS = 100
const LONGEST_MS = 86_400_000

const isPace: Test = (value) => typeof value === 'number' && value >= SHORTEST_MS && value <= LONGEST_MS

const timingFields: Readonly<Record<keyof ProviderTiming, Test>> = {
  qrLifetimeMs: isPace,
  qrIntervalMs: isPace,
  qrMinIntervalMs: isPace,
  statusIntervalMs: isPace,
  pairingCodeLifetimeMs: isPace,
  requestTimeoutMs: isPace,
}

const accountFields: Readonly<Record<keyof PairingAccount, Test>> = {
  phoneNumber: optional(isPhoneNumber),
  name: optional(isText),
  avatarUrl: optional(isHttps),
  id: optional(isText),
}

const detailFields: Readonly<Record<keyof SnapshotDetails, Test>> = {
  session: optional(isText),
  reason: optional(isText),
  provider: optional(isText),
  nextInMs: optional(isDuration),
  methods: optional(isMethods),
  timing: optional((value) => timingFault(value) === undefined),
}

type Status = PairingSnapshot['status']

/** The fields of each status beside `status` and {@link detailFields}. */
const ownFields: {
  readonly [Key in Status]: Readonly<
    Record<Exclude<keyof Extract<PairingSnapshot, { status: Key }>, keyof SnapshotDetails | 'status'>, Test>
  >
} = {
  preparing: {},
  unlinked: {},
  stopped: {},
  stale: {},
  linking: {},
  qr: { qrCode: isQrPayload, expiresInMs: optional(isDuration), confirmInMs: optional(isDuration) },
  'pairing-code': { pairingCode: isPairingCode, expiresInMs: optional(isDuration) },
  linked: { account: (value) => wrongFields(value, accountFields).length === 0 },
  'passkey-required': { helpUrl: optional(isHttps) },
}

/** Fails the test where a value is not a snapshot in its documented form, with nothing beside it. */
export function checkSnapshot(value: unknown, what: string): asserts value is PairingSnapshot {
  check(isFields(value), `${what} gave ${String(value)}, which is no snapshot.`)
  const { status } = value
  check(isStatus(status), `${what} gave the status ${JSON.stringify(status)}, which there is not.`)
  const wrong = wrongFields(value, { status: isStatus, ...detailFields, ...ownFields[status] })
  check(
    wrong.length === 0,
    `${what} gave "${status}" with ${wrong.join(', ')} not as documented: ${JSON.stringify(value)}`,
  )
}

/** What is wrong with a timing; `undefined` where it can be kept. */
export function timingFault(value: unknown): string | undefined {
  const [wrong] = wrongFields(value, timingFields)
  if (wrong) return `${wrong} must be ${SHORTEST_MS} to ${LONGEST_MS} milliseconds`
  const { qrMinIntervalMs, qrIntervalMs } = isFields(value) ? value : {}
  return Number(qrMinIntervalMs) <= Number(qrIntervalMs)
    ? undefined
    : 'qrMinIntervalMs must not be longer than qrIntervalMs'
}

/** Methods that exist, none of them twice. */
export function isMethods(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((method) => method === 'qr' || method === 'phone-code') &&
    new Set(value).size === value.length
  )
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'string' && Object.hasOwn(ownFields, value)
}

/** Fields that are missing, of another form, or too many: what nobody documents may be anything, a token too. */
function wrongFields(value: unknown, tests: Readonly<Record<string, Test>>): readonly string[] {
  if (!isFields(value)) return ['everything']
  const wrong = Object.entries(tests).filter(([name, test]) => !test(value[name]))
  const foreign = Object.keys(value).filter((name) => !Object.hasOwn(tests, name))
  return [...wrong.map(([name]) => name), ...foreign]
}

function isQrPayload(value: unknown): boolean {
  if (!isFields(value)) return false
  const { kind, value: text, src } = value
  const content = kind === 'text' ? text : src
  if (typeof content !== 'string') return false
  const payload = normalized(content)
  return payload !== undefined && isDrawable(payload) && isSame(payload, value)
}

/** Codes are in the form that `normalizeQrPayload` gives them, so that the same code is the same text. */
function normalized(content: string): QrPayload | undefined {
  return attempt(() => normalizeQrPayload(content))
}

function isPairingCode(value: unknown): boolean {
  return typeof value === 'string' && attempt(() => normalizePairingCode(value)) !== undefined
}

function attempt<Value>(normalize: () => Value): Value | undefined {
  try {
    return normalize()
  } catch (error) {
    if (PairingError.isInstance(error)) return undefined
    throw error
  }
}
