'use client'

import {
  type ComponentPropsWithoutRef,
  type ReactElement,
  useCallback,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { mergeMessages, type PairingLocale, type PairingMessagesOverride } from '../../core/messages.js'
import { en } from '../../locales/en.js'
import type { PairingMode } from '../query-options.js'
import type { UsePairingSessionResult } from '../use-pairing-session.js'
import { PairingContext, type PairingContextValue } from './pairing-context.js'

/** Props of {@link PairingRoot} beside those of a `section`. */
export interface PairingRootOptions {
  /** @default English */
  readonly locale?: PairingLocale | undefined
  /** Texts that replace those of the locale; of `errors`, those of single codes. */
  readonly messages?: PairingMessagesOverride | undefined
  /** `auto` follows the system's colour scheme. @default 'auto' */
  readonly theme?: 'light' | 'dark' | 'auto' | undefined
  /** `relink` says so in the heading. @default 'link' */
  readonly mode?: PairingMode | undefined
  /** Who is being linked: stands in the safety line, so that nobody links a stranger's device. */
  readonly appName?: string | undefined
  /** The text of the phone field, where the host controls it. */
  readonly phoneNumber?: string | undefined
  /** The text it begins with. */
  readonly defaultPhoneNumber?: string | undefined
  /** Called with the text of the phone field whenever it changes. */
  readonly onPhoneNumberChange?: ((text: string) => void) | undefined
}

/** Props of {@link PairingRoot}. */
export interface PairingRootProps extends PairingRootOptions, ComponentPropsWithoutRef<'section'> {
  /** What `usePairingSession` returned. */
  readonly pairing: UsePairingSessionResult
}

/** The element around the parts: gives them the session and carries its state as `data-status` and `data-method`. */
export function PairingRoot({
  pairing,
  locale = en,
  messages: ownMessages,
  theme = 'auto',
  mode,
  appName,
  phoneNumber,
  defaultPhoneNumber = '',
  onPhoneNumberChange,
  ...props
}: PairingRootProps): ReactElement {
  const id = useId()
  const panel = useRef<HTMLDivElement>(null)
  const [typed, setTyped] = useState(defaultPhoneNumber)
  const setPhoneText = useCallback(
    (text: string) => {
      setTyped(text)
      onPhoneNumberChange?.(text)
    },
    [onPhoneNumberChange],
  )
  const phoneText = phoneNumber ?? typed
  const value = useMemo<PairingContextValue>(() => {
    const messages = mergeMessages(locale.messages, ownMessages)
    return {
      pairing,
      messages,
      troubleshooting: locale.troubleshooting,
      mode,
      app: appName ?? messages.thisApp,
      ids: { title: `${id}title`, panel: `${id}panel`, tab: (method) => `${id}tab-${method}` },
      panel,
      phoneText,
      setPhoneText,
    }
  }, [pairing, locale, ownMessages, mode, appName, id, phoneText, setPhoneText])
  const { status, method } = pairing.session
  return (
    <PairingContext.Provider value={value}>
      <section
        aria-labelledby={value.ids.title}
        dir={locale.direction}
        lang={locale.tag}
        {...props}
        data-scope="whatsapp-pairing"
        data-part="root"
        data-status={status}
        data-method={method}
        data-theme={theme}
      />
    </PairingContext.Provider>
  )
}
