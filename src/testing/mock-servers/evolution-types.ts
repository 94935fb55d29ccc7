import type { EvolutionWhatsApp } from './evolution-whatsapp.js'

/** The version whose behaviour is emulated. */
export type EvolutionVersion = '2.3.7' | '2.4'

/** The state in `connectionState`. It has no `state` in the first moments after a start of the server. */
export type EvolutionState = 'open' | 'connecting' | 'close' | undefined

/** The body of a webhook, without the fields that every webhook has. */
export interface EvolutionEvent {
  readonly event: string
  readonly data: unknown
}

/** What {@link createEvolutionInstance} needs. */
export interface EvolutionInstanceOptions {
  readonly instanceName: string
  readonly version: EvolutionVersion
  readonly qrLimit: number
  readonly startingMs: number
  readonly gapMs: number
  readonly onEvent: ((event: EvolutionEvent) => void) | undefined
  readonly onWhatsApp: ((event: { readonly event: string; readonly at: number }) => void) | undefined
}

/** The instance and its sockets. */
export interface EvolutionInstance {
  readonly whatsapp: EvolutionWhatsApp
  /** Runs everything that is due until now. */
  catchUp(): void
  readonly state: EvolutionState
  readonly list: EvolutionListEntry | undefined
  readonly codes: EvolutionCodes
  /** Opens a socket, in any state. */
  connect(phoneNumber: string | null): void
  /** Returns false if there was no link and no pairing to end. */
  logout(): boolean
  restart(): void
  remove(): void
  create(): void
  /** Whether `connect` fails with HTTP 200. Read once: the next one works. */
  readonly isSettling: boolean
  /** Ends the server's process. Its memory is lost. */
  stop(): void
  /** The process has started, and responds from `upAt` on. */
  start(upAt: number): void
}

/** The last code of the server, which it still returns after its expiry. */
export interface EvolutionCodes {
  readonly count: number
  readonly code?: string
  readonly pairingCode?: string | null
}

/** An entry of `fetchInstances`. It comes from the server's database, which is written later or never. */
export interface EvolutionListEntry {
  readonly connectionStatus: Exclude<EvolutionState, undefined>
  readonly ownerJid: string | null
  readonly disconnectionReasonCode: number | null
  /** When it was last written: with each code, each link and each end. */
  readonly updatedAt: number
}
