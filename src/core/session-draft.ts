import { qrPayloadKey } from './qr-payload.js'
import type { SessionFacts } from './session-state.js'

/** A copy of the facts that one transition writes to, and nobody else sees. */
export type Draft = { -readonly [Key in keyof SessionFacts]: SessionFacts[Key] }

const NEVER = Number.NEGATIVE_INFINITY

type CodeFact = 'phoneNumber' | 'codeRequested' | 'code' | 'isCodeSlow' | 'codeRanOut' | 'codeError'
type AskFact = 'answeredAt' | 'qrAskedAt' | 'quietUntil' | 'promisedAt' | 'failures' | 'error'
type RoundFact =
  | 'reset'
  | 'unlinks'
  | 'isLinkDoubted'
  | 'ending'
  | 'qrVisible'
  | 'qrShown'
  | 'qrBroken'
  | 'qrExhausted'
  | 'qrHeld'
  | 'qrWanted'
  | 'qrInvited'

/** No pairing code, and none asked for. */
export const noCode: Pick<SessionFacts, CodeFact> = {
  phoneNumber: undefined,
  codeRequested: false,
  code: undefined,
  isCodeSlow: false,
  codeRanOut: false,
  codeError: undefined,
}

/** As if the provider had not been asked yet. */
export const unasked: Pick<SessionFacts, AskFact> = {
  answeredAt: NEVER,
  qrAskedAt: NEVER,
  quietUntil: 0,
  promisedAt: NEVER,
  failures: 0,
  error: undefined,
}

/** The beginning of a round. */
export const freshRound: Pick<SessionFacts, CodeFact | AskFact | RoundFact> = {
  ...noCode,
  ...unasked,
  reset: 'none',
  unlinks: false,
  isLinkDoubted: false,
  ending: false,
  qrVisible: false,
  qrShown: 0,
  qrBroken: 0,
  qrExhausted: false,
  qrHeld: false,
  qrWanted: 1,
  qrInvited: false,
}

/** Dead codes remembered, so that a late answer cannot bring one back. A round rarely has more than six. */
const REPLACED_LIMIT = 12

/** Takes the QR code away for good. */
export function forgetQr(draft: Draft): void {
  if (draft.qr)
    draft.qrReplaced = [...draft.qrReplaced, qrPayloadKey(draft.qr.payload)].slice(-REPLACED_LIMIT)
  draft.qr = undefined
  draft.qrVisible = false
}

/** Whether there is a code that a phone could answer. */
export function isCodeOnScreen({ method, qrVisible, code }: Draft): boolean {
  return method === 'qr' ? qrVisible : code !== undefined
}
