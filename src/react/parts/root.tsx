'use client'

import {
  type ComponentPropsWithoutRef,
  type ForwardedRef,
  forwardRef,
  type ReactElement,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
} from 'react'
import type { PairingError } from '../../core/errors.js'
import { mergeMessages, type PairingLocale, type PairingMessagesOverride } from '../../core/messages.js'
import { en } from '../../locales/en.js'
import { componentError, PairingBoundary } from '../pairing-boundary.js'
import type { PairingMode } from '../query-options.js'
import { useAwake } from '../use-awake.js'
import { useMergedRef } from '../use-merged-ref.js'
import { useModal } from '../use-modal.js'
import type { UsePairingSessionResult } from '../use-pairing-session.js'
import { usePhoneEntry } from '../use-phone-entry.js'
import { useQrText } from '../use-qr-text.js'
import { callHost } from '../use-session-callbacks.js'
import { elementProps, type PairingClassNames } from './element-names.js'
import { ContentFallback, fallbackOptions, RootFallback } from './fallback.js'
import type { ComponentWithRef } from './forward-part.js'
import { PairingContext, type PairingContextValue } from './pairing-context.js'

/** Props of {@link PairingRoot} beside those of a `section`. */
export interface PairingRootOptions {
  /** The language: its texts, direction and `lang`. One subpath each, `whatsapp-pairing/locales/…`. @default English */
  readonly locale?: PairingLocale | undefined
  /** Texts that replace those of the locale; of `errors`, those of single codes. */
  readonly messages?: PairingMessagesOverride | undefined
  /**
   * Classes for single elements, by their `data-part`; they join the `className` that a part of your own gives its element.
   * @example
   * ```tsx
   * <WhatsAppPairing classNames={{ card: 'shadow-xl', 'retry-button': 'btn btn-primary' }} … />
   * ```
   */
  readonly classNames?: PairingClassNames | undefined
  /**
   * `auto` follows the system's colour scheme. `inherit` follows the `color-scheme` of the elements around the component, so
   * the theme of your page, without a script.
   * @default 'auto'
   */
  readonly theme?: 'light' | 'dark' | 'auto' | 'inherit' | undefined
  /** `relink` says so in the heading. @default 'link' */
  readonly mode?: PairingMode | undefined
  /** Who is being linked: stands in the safety line, so that nobody links a stranger's device. */
  readonly appName?: string | undefined
  /** The number in the phone field, where the host controls it. Begins with `+` and the country code. */
  readonly phoneNumber?: string | undefined
  /** The number it begins with. */
  readonly defaultPhoneNumber?: string | undefined
  /**
   * Called whenever the phone field changes, with its text; a national number comes with the code of its country in front,
   * so that what is kept of it means the same elsewhere.
   */
  readonly onPhoneNumberChange?: ((text: string) => void) | undefined
  /**
   * The country a number without country code belongs to, until the person chooses another: ISO 3166-1, like `BR`.
   * @default that of the browser's languages and of `locale`
   */
  readonly defaultCountry?: string | undefined
  /**
   * On a phone's own screen, offer the QR code as a link that opens the WhatsApp of this phone. Seen to work on Android;
   * elsewhere it may open a page instead.
   * @default true
   */
  readonly samePhoneLink?: boolean | undefined
  /** The root's own element. A `dialog` is shown as a modal one for as long as it is mounted. @default 'section' */
  readonly as?: 'section' | 'div' | 'dialog' | undefined
  /** Of a `dialog`: the user wants it closed, by its button, by Escape or by a press beside it. Then render it no more. */
  readonly onClose?: (() => void) | undefined
  /**
   * A part threw an exception, or did not load; the code of the error is `component-failed`, and its `cause` the exception. The
   * page around the root stays, and the user can try again. `<WhatsAppPairing>` calls `onError` instead.
   */
  readonly onPartError?: ((error: PairingError) => void) | undefined
}

/** Props of {@link PairingRoot}. */
export interface PairingRootProps extends PairingRootOptions, ComponentPropsWithoutRef<'section'> {
  /** What `usePairingSession` returned. */
  readonly pairing: UsePairingSessionResult
}

/** The element around the parts: gives them the session and carries its state as `data-status` and `data-method`. */
export const PairingRoot: ComponentWithRef<PairingRootProps, HTMLElement> = forwardRef(function PairingRoot(
  props: PairingRootProps,
  ref: ForwardedRef<HTMLElement>,
) {
  return (
    <PairingBoundary
      onError={props.onPartError}
      fallback={(retry) => <RootFallback {...fallbackOptions(props)} ref={ref} retry={retry} />}
    >
      <Root {...props} hostRef={ref} />
    </PairingBoundary>
  )
})

function Root({
  pairing,
  locale = en,
  messages: ownMessages,
  classNames,
  theme = 'auto',
  mode,
  appName,
  phoneNumber,
  defaultPhoneNumber = '',
  onPhoneNumberChange,
  defaultCountry,
  samePhoneLink = true,
  as: Element = 'section',
  onClose,
  onPartError,
  hostRef,
  children,
  ...props
}: PairingRootProps & { readonly hostRef: ForwardedRef<HTMLElement> }): ReactElement {
  const id = useId()
  const panel = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(useModal(onClose), hostRef)
  const { phone, setPhone } = usePhoneEntry(phoneNumber, defaultPhoneNumber, onPhoneNumberChange)
  const { qrText, readQrImage } = useQrText(pairing.session)
  useAwake(pairing.session)
  const latestOnPartError = useRef(onPartError)
  useEffect(() => {
    latestOnPartError.current = onPartError
  })
  const reportFailure = useCallback((cause: unknown) => {
    const error = componentError('A part of the pairing screen did not load. See `cause`.', cause)
    callHost('onError', () => latestOnPartError.current?.(error))
  }, [])
  const value = useMemo<PairingContextValue>(() => {
    const messages = mergeMessages(locale.messages, ownMessages)
    return {
      pairing,
      messages,
      troubleshooting: locale.troubleshooting,
      reportFailure,
      part: (name, className) => elementProps(classNames, name, className),
      mode,
      app: appName ?? messages.thisApp,
      ids: { title: `${id}title`, panel: `${id}panel`, tab: (method) => `${id}tab-${method}` },
      panel,
      close: Element === 'dialog' ? onClose : undefined,
      localeTag: locale.tag,
      defaultCountry,
      phone,
      setPhone,
      qrText,
      readQrImage,
      samePhoneLink,
    }
  }, [
    pairing,
    locale,
    ownMessages,
    classNames,
    mode,
    appName,
    id,
    Element,
    onClose,
    reportFailure,
    defaultCountry,
    phone,
    setPhone,
    qrText,
    readQrImage,
    samePhoneLink,
  ])
  const { status, method } = pairing.session
  return (
    <PairingContext.Provider value={value}>
      <Element
        aria-labelledby={value.ids.title}
        dir={locale.direction}
        lang={locale.tag}
        {...props}
        ref={ref}
        {...value.part('root', props.className)}
        data-scope="whatsapp-pairing"
        data-status={status}
        data-method={method}
        data-theme={theme}
      >
        <PairingBoundary onError={onPartError} fallback={(retry) => <ContentFallback retry={retry} />}>
          {children}
        </PairingBoundary>
      </Element>
    </PairingContext.Provider>
  )
}
