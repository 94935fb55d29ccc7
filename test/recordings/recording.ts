import { readdirSync, readFileSync } from 'node:fs'

// The format is described in test/fixtures/recordings/README.md.

const folder = new URL('../fixtures/recordings/', import.meta.url)

/** JSON of a body. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

interface Line {
  /** The number of the line in the full recording. */
  readonly line: number
  /** Milliseconds since the start of the recording. */
  readonly t: number
}

/** A request and its response. */
export interface Exchange extends Line {
  readonly kind: 'exchange'
  readonly request: {
    readonly method: string
    readonly path: string
    /** The headers of the last request that had any. */
    readonly headers: Readonly<Record<string, string>>
    readonly body?: Json
  }
  /** The time from the request to the end of the response. For merged polls, the time of the slowest. */
  readonly ms: number
  /** For merged polls, the time at which the last one was sent. */
  readonly until: number
  readonly isPoll: boolean
  /** `undefined` if there was no response. */
  readonly status: number | undefined
  readonly body: Json | undefined
  /** The error if there was no response: `ECONNREFUSED` or `ECONNRESET`. */
  readonly error: string | undefined
}

/** A webhook request from the server to its client. */
export interface Webhook extends Line {
  readonly kind: 'webhook'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json
}

/** An action of the phone's owner. */
export interface PhoneAction extends Line {
  readonly kind: 'phone'
  readonly action: 'scans' | 'types' | 'logs out all devices'
  /** The QR text, or the code that was typed. */
  readonly text: string | undefined
  /** The time that the phone took. */
  readonly ms: number
  readonly isAccepted: boolean
}

/** An event that WhatsApp saw. */
export interface WhatsAppEvent extends Line {
  readonly kind: 'whatsapp'
  readonly event: WhatsAppEventName
}

/** The events that a mock WhatsApp can observe. */
export type WhatsAppEventName =
  | 'registration'
  | 'code-requested'
  | 'linked'
  | 'login'
  | 'login-refused'
  | 'logged-out'
  | 'close'

/** A start or a stop of the server's process. */
export interface ServerEvent extends Line {
  readonly kind: 'server'
  readonly event: 'ends' | 'is gone' | 'starts'
}

/** One line of a recording, without notes. */
export type Entry = Exchange | Webhook | PhoneAction | WhatsAppEvent | ServerEvent

/** A run of a real server. */
export interface Recording {
  readonly name: string
  readonly server: string
  readonly settings: string
  readonly entries: readonly Entry[]
}

/** The names of all recordings that begin with `prefix`. */
export function recordingsOf(prefix: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${prefix}-`) && name.endsWith('.jsonl'))
    .map((name) => name.replace(/\.jsonl$/, ''))
    .sort()
}

/** The possible fields of a line. The existing fields show the kind of line. */
interface RawLine extends Line {
  readonly about?: { readonly server: string; readonly settings?: string }
  readonly request?: {
    readonly method: string
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: Json
  }
  readonly ms?: number
  readonly until?: number
  readonly poll?: boolean
  readonly status?: number
  readonly body?: Json
  readonly bodyAs?: number
  readonly error?: string
  readonly webhook?: {
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body: Json
  }
  readonly phone?: PhoneAction['action']
  readonly text?: string
  readonly answer?: { readonly ok: boolean }
  readonly whatsapp?: WhatsAppEventName
  readonly server?: string
  readonly note?: string
}

/** Reads a recording. Throws if a line is of an unknown kind. */
export function readRecording(name: string): Recording {
  const lines = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trim()
    .split('\n')
    .map((text): RawLine => JSON.parse(text))
  const bodies = new Map(lines.map(({ line, body }) => [line, body]))
  let requestHeaders: Readonly<Record<string, string>> = {}
  let webhookHeaders: Readonly<Record<string, string>> = {}

  function read(raw: RawLine): readonly Entry[] {
    const { line, t, request, webhook, phone, whatsapp, server } = raw
    if (request) {
      requestHeaders = request.headers ?? requestHeaders
      const content = raw.bodyAs === undefined ? raw.body : bodies.get(raw.bodyAs)
      // An empty response is recorded as an empty text.
      const body = content === '' ? undefined : content
      const isPoll = raw.poll ?? false
      const rest = { ms: raw.ms ?? 0, until: raw.until ?? t, status: raw.status, error: raw.error }
      return [
        {
          kind: 'exchange',
          line,
          t,
          isPoll,
          body,
          request: { ...request, headers: requestHeaders },
          ...rest,
        },
      ]
    }
    if (webhook) {
      webhookHeaders = { ...webhookHeaders, ...webhook.headers }
      return [{ kind: 'webhook', line, t, path: webhook.path, headers: webhookHeaders, body: webhook.body }]
    }
    if (phone) {
      const { text, ms = 0, answer } = raw
      return [{ kind: 'phone', line, t, action: phone, text, ms, isAccepted: answer?.ok ?? true }]
    }
    if (whatsapp) return [{ kind: 'whatsapp', line, t, event: whatsapp }]
    if (server) return [{ kind: 'server', line, t, event: serverEvent(server) }]
    if (raw.about || raw.note !== undefined) return []
    throw new Error(`${name}, line ${line}: not a known kind of line.`)
  }

  const about = lines[0]?.about
  return { name, server: about?.server ?? '', settings: about?.settings ?? '', entries: lines.flatMap(read) }
}

function serverEvent(text: string): ServerEvent['event'] {
  if (/started/.test(text)) return 'starts'
  return /gone/.test(text) ? 'is gone' : 'ends'
}
