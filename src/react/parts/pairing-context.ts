'use client'

import { type Context, createContext, type ReactElement, type RefObject, useContext } from 'react'
import type { PairingLocale, PairingMessages, PairingShareMessages } from '../../core/messages.js'
import type { PairingMode } from '../session/query-options.js'
import type { UsePairingSessionResult } from '../session/use-pairing-session.js'
import type { PhoneField } from '../use-phone-entry.js'
import type { QrText } from '../use-qr-text.js'
import type { ElementProps, PairingElementName } from './element-names.js'
import type { PairingRootOptions } from './pairing-root-options.js'

/** What `PairingRoot` gives its parts. */
export interface PairingContextValue
  extends QrText,
    PhoneField,
    Pick<PairingRootOptions, 'createShareLink' | 'onDone'> {
  readonly pairing: UsePairingSessionResult
  readonly messages: PairingMessages & Partial<PairingShareMessages>
  readonly troubleshooting: PairingLocale['troubleshooting']
  /** The name of an element, and its classes: those of `classNames`, and those that it has otherwise. Spread it last. */
  readonly part: (name: PairingElementName, className?: string | undefined) => ElementProps
  readonly mode: PairingMode | undefined
  /** The host's name, as it stands in sentences. */
  readonly app: string
  /** The same as an element: the name, untranslated, with the logo beside it. */
  readonly appFace: ReactElement
  /** Ids of elements that name or describe each other. */
  readonly ids: { readonly title: string; readonly panel: string; readonly tab: (method: string) => string }
  /** Reports the exception of a part that did not load. */
  readonly reportFailure: (cause: unknown) => void
  /** Takes the focus when the part that had it goes away. */
  readonly panel: RefObject<HTMLDivElement | null>
  /** Closes the dialog around the part; `undefined` where there is none that can be closed. */
  readonly close: (() => void) | undefined
  /** BCP 47, of the locale. */
  readonly localeTag: string
  readonly defaultCountry: string | undefined
  /** Whether a phone is offered to open the code on its own screen. */
  readonly samePhoneLink: boolean
  readonly supportUrl: string | undefined
}

export const PairingContext: Context<PairingContextValue | null> = createContext<PairingContextValue | null>(
  null,
)

/** The root's values. Throws where a part stands outside `PairingRoot`. */
export function usePairingContext(): PairingContextValue {
  const value = useContext(PairingContext)
  if (!value) throw new Error('A pairing part was rendered outside <PairingRoot>. Put it inside.')
  return value
}
