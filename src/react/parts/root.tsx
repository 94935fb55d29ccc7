'use client'

import {
  type ComponentPropsWithoutRef,
  type ForwardedRef,
  forwardRef,
  type ReactElement,
  useCallback,
  useId,
  useMemo,
  useRef,
} from 'react'
import { checkLocale, mergeMessages } from '../../core/messages.js'
import { firstEnglish } from '../../locales/first/en.js'
import { componentError, PairingBoundary } from '../pairing-boundary.js'
import { callHost } from '../session/call-host.js'
import type { UsePairingSessionResult } from '../session/use-pairing-session.js'
import { useLatest } from '../use-latest.js'
import { useMergedRef } from '../use-merged-ref.js'
import { useModal } from '../use-modal.js'
import { usePhoneEntry } from '../use-phone-entry.js'
import { useQrText } from '../use-qr-text.js'
import { elementProps } from './element-names.js'
import { ContentFallback, fallbackOptions, RootFallback } from './fallback.js'
import type { ComponentWithRef } from './forward-part.js'
import { PairingContext, type PairingContextValue } from './pairing-context.js'
import type { PairingRootOptions } from './pairing-root-options.js'
import { LaterParts, useLaterParts } from './use-later-parts.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** Props of {@link PairingRoot}. */
export interface PairingRootProps extends PairingRootOptions, ComponentPropsWithoutRef<'section'> {
  /** The result of `usePairingSession`. */
  readonly pairing: UsePairingSessionResult
}

/** The element around the parts. It provides the session to them, and has its state as `data-status` and `data-method`. */
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
  locale: ownLocale,
  messages: ownMessages,
  classNames,
  theme = 'auto',
  mode,
  appName,
  appLogo,
  supportUrl,
  createShareLink,
  onDone,
  phoneNumber,
  defaultPhoneNumber,
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
  const later = useLaterParts.unreported()
  if (process.env.NODE_ENV !== 'production') checkLocale(ownLocale)
  const locale = ownLocale ?? firstEnglish
  const laterTexts = ownLocale ? undefined : later?.laterEnglish
  const id = useId()
  const panel = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(useModal(onClose), hostRef)
  const { phone, setPhone } = usePhoneEntry(phoneNumber, defaultPhoneNumber, onPhoneNumberChange)
  const { qrText, readQrImage } = useQrText(pairing.session)
  const latestOnPartError = useLatest(onPartError)
  const reportFailure = useCallback(
    (cause: unknown) => {
      const error = componentError('A part of the pairing screen failed. See `cause`.', cause)
      callHost('onError', () => latestOnPartError.current?.(error))
    },
    [latestOnPartError],
  )
  const value = useMemo<PairingContextValue>(() => {
    const messages = mergeMessages({ ...locale.messages, ...laterTexts }, ownMessages)
    const part: PairingContextValue['part'] = (name, own) => elementProps(classNames, name, own)
    const app = appName ?? messages.thisApp
    return {
      pairing,
      messages,
      troubleshooting: locale.troubleshooting,
      reportFailure,
      part,
      mode,
      app,
      appFace: (
        <span dir="auto" title={appName} translate={appName ? 'no' : undefined} {...part('app-name')}>
          {typeof appLogo === 'string' ? <img alt="" src={appLogo} {...part('app-logo')} /> : appLogo}
          <span>{app}</span>
        </span>
      ),
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
      supportUrl,
      createShareLink,
      onDone,
    }
  }, [
    pairing,
    locale,
    laterTexts,
    ownMessages,
    classNames,
    mode,
    appName,
    appLogo,
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
    supportUrl,
    createShareLink,
    onDone,
  ])
  const { status, method } = pairing.session
  return (
    <PairingContext.Provider value={value}>
      <Element
        aria-labelledby={value.ids.title}
        {...props}
        // After the other props: an app may pass `dir={undefined}`.
        dir={props.dir ?? locale.direction}
        lang={props.lang ?? locale.tag}
        ref={ref}
        {...value.part('root', props.className)}
        data-scope="whatsapp-pairing"
        data-status={status}
        data-method={method}
        data-theme={theme}
      >
        <LaterParts />
        <PairingBoundary onError={onPartError} fallback={(retry) => <ContentFallback retry={retry} />}>
          {children}
        </PairingBoundary>
      </Element>
    </PairingContext.Provider>
  )
}
