import type { ComponentType } from 'react'
import type { PairingLinkMessages, PairingMessages } from '../../core/messages.js'
import type { ElementProps } from '../parts/element-names.js'
import type { PairingMode } from '../session/query-options.js'
import type { UsePairingStatusResult } from './use-pairing-status.js'

/** Every element of `<PairingStatus>` that has a `data-part`, by that name. Some are there in some states only. */
export type PairingStatusElementName =
  | 'link'
  | 'link-account'
  | 'link-avatar'
  | 'link-name'
  | 'link-number'
  | 'link-text'
  | 'link-state'
  | 'link-reason'
  | 'link-sync'
  | 'link-as-of'
  | 'link-actions'
  | 'link-button'
  | 'check-button'
  | 'disconnect-button'
  | 'disconnect-question'
  | 'disconnect-confirm-button'
  | 'disconnect-cancel-button'
  | 'link-error'

/** What a part of `<PairingStatus>` shows, and what it can do. */
export interface PairingStatusPartProps {
  /** Whether a phone is linked, and what ends the link. */
  readonly pairing: UsePairingStatusResult
  /** The texts. `errors` and `syncing` are missing until they have loaded, where no `locale` was given. */
  readonly messages: PairingLinkMessages & {
    readonly errors?: PairingMessages['errors'] | undefined
    readonly syncing?: string | undefined
  }
  /** BCP 47, of the texts. */
  readonly localeTag: string
  /** The name of an element, and its classes. Spread it last. */
  readonly part: (
    name: PairingStatusElementName,
    className?: string | undefined,
  ) => ElementProps<PairingStatusElementName>
  /** Opens the pairing screen. */
  readonly openPairing: (mode: PairingMode) => void
}

/** Components in place of the parts of `<PairingStatus>`; `null` leaves a part out. */
export type PairingStatusParts = {
  readonly [Name in 'Account' | 'State' | 'Actions']?:
    | ComponentType<PairingStatusPartProps>
    | null
    | undefined
}
