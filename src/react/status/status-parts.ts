import type { ComponentType } from 'react'
import type { PairingLinkMessages, PairingMessages } from '../../core/messages.js'
import type { ElementProps } from '../parts/element-names.js'
import type { PairingMode } from '../session/query-options.js'
import type { UsePairingStatusResult } from './use-pairing-status.js'

/** The `data-part` of every element of `<PairingStatus>`. Some elements exist only in some states. */
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

/** Props of a part of `<PairingStatus>`. */
export interface PairingStatusPartProps {
  /** The status of the link, and its actions. */
  readonly pairing: UsePairingStatusResult
  /** The texts. Without a `locale`, `errors` and `syncing` are missing until they have loaded. */
  readonly messages: PairingLinkMessages & {
    readonly errors?: PairingMessages['errors'] | undefined
    readonly syncing?: string | undefined
  }
  /** BCP 47, of the texts. */
  readonly localeTag: string
  /** The attributes of an element: its name and its classes. Spread them last. */
  readonly part: (
    name: PairingStatusElementName,
    className?: string | undefined,
  ) => ElementProps<PairingStatusElementName>
  /** Opens the pairing screen. */
  readonly openPairing: (mode: PairingMode) => void
}

/** Components that replace the parts of `<PairingStatus>`; `null` leaves a part out. */
export type PairingStatusParts = {
  readonly [Name in 'Account' | 'State' | 'Actions']?:
    | ComponentType<PairingStatusPartProps>
    | null
    | undefined
}
