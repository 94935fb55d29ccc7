'use client'

import { type Context, createContext, type ReactElement, type RefObject, useContext } from 'react'
import type { PairingLocale, PairingMessages, PairingShareMessages } from '../../core/messages.js'
import type { PairingMode } from '../session/query-options.js'
import type { UsePairingSessionResult } from '../session/use-pairing-session.js'
import type { PhoneField } from '../use-phone-entry.js'
import type { QrText } from '../use-qr-text.js'
import type { ElementProps, PairingElementName } from './element-names.js'
import type { PairingRootOptions } from './pairing-root-options.js'

/** The values that `PairingRoot` provides to its parts. */
export interface PairingContextValue
  extends QrText,
    PhoneField,
    Pick<PairingRootOptions, 'createShareLink' | 'onDone'> {
  readonly pairing: UsePairingSessionResult
  readonly messages: PairingMessages & Partial<PairingShareMessages>
  readonly troubleshooting: PairingLocale['troubleshooting']
  /** The attributes of an element: its name, and its classes from `classNames` and from the second argument. Spread them last. */
  readonly part: (name: PairingElementName, className?: string | undefined) => ElementProps
  readonly mode: PairingMode | undefined
  /** The name of the app in sentences. */
  readonly app: string
  /** The same as an element: the name, excluded from translation, with the logo next to it. */
  readonly appFace: ReactElement
  /** Ids of elements that name or describe each other. */
  readonly ids: { readonly title: string; readonly panel: string; readonly tab: (method: string) => string }
  /** Reports the exception of a part that did not load. */
  readonly reportFailure: (cause: unknown) => void
  /** Gets the focus when the part that had it is removed. */
  readonly panel: RefObject<HTMLDivElement | null>
  /** Closes the dialog around the part; `undefined` where there is none that can be closed. */
  readonly close: (() => void) | undefined
  /** BCP 47, of the locale. */
  readonly localeTag: string
  readonly defaultCountry: string | undefined
  /** Whether to offer a link that opens the code on the same phone. */
  readonly samePhoneLink: boolean
  readonly supportUrl: string | undefined
}

export const PairingContext: Context<PairingContextValue | null> = createContext<PairingContextValue | null>(
  null,
)

/** The values of the root. Throws if a part is rendered outside `PairingRoot`. */
export function usePairingContext(): PairingContextValue {
  const value = useContext(PairingContext)
  if (!value) throw new Error('A pairing part was rendered outside <PairingRoot>. Put it inside.')
  return value
}
