'use client'

import {
  type ComponentPropsWithoutRef,
  type ForwardedRef,
  forwardRef,
  type ReactElement,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { PairingSource } from '../../core/connection.js'
import { PairingError } from '../../core/errors.js'
import { groupDigits } from '../../core/group-digits.js'
import {
  checkLocale,
  mergeMessages,
  type PairingLocale,
  type PairingMessagesOverride,
} from '../../core/messages.js'
import { linkEnglish } from '../../locales/link/en.js'
import { PairingBoundary } from '../pairing-boundary.js'
import { Avatar } from '../parts/avatar.js'
import { elementProps } from '../parts/element-names.js'
import type { ComponentWithRef } from '../parts/forward-part.js'
import { lazyPart } from '../parts/lazy-part.js'
import type { PairingRootOptions } from '../parts/pairing-root-options.js'
import { callHost } from '../session/call-host.js'
import type { PairingMode } from '../session/query-options.js'
import { useLatest } from '../use-latest.js'
import { useMergedRef } from '../use-merged-ref.js'
import type { WhatsAppPairingDialogProps } from '../whatsapp-pairing-dialog.js'
import { StatusActions } from './status-actions.js'
import type { PairingStatusElementName, PairingStatusPartProps, PairingStatusParts } from './status-parts.js'
import { StatusState } from './status-state.js'
import { type UsePairingStatusOptions, usePairingStatus } from './use-pairing-status.js'

declare const process: { readonly env: { readonly NODE_ENV?: string | undefined } }

/** Props of {@link PairingStatus}: those of {@link usePairingStatus}, and the rest goes to the element. */
export interface PairingStatusProps
  extends UsePairingStatusOptions,
    Pick<PairingRootOptions, 'theme'>,
    Omit<ComponentPropsWithoutRef<'div'>, 'children' | 'onError'> {
  /** The provider of the link: `proxy({ url })`, an adapter, or your own. You may create it on every render. */
  readonly provider: PairingSource
  /** The language: its texts, direction and `lang`. @default English */
  readonly locale?: PairingLocale | undefined
  /** Texts that replace those of the locale. */
  readonly messages?: PairingMessagesOverride | undefined
  /** Classes for single elements, by their `data-part`. */
  readonly classNames?: { readonly [Name in PairingStatusElementName]?: string | undefined } | undefined
  /** Components that replace the parts, or `null` for none. Create the object outside the component that renders it. */
  readonly parts?: PairingStatusParts | undefined
  /**
   * Called when the user wants to link a phone, or to link it again. Open your pairing screen.
   * @default loads and opens `<WhatsAppPairingDialog>`
   */
  readonly onLink?: ((mode: PairingMode) => void) | undefined
  /** Props of that dialog, in addition to those that it shares with this component: `appName`, `supportUrl`, `onLinked` … */
  readonly dialog?:
    | Omit<WhatsAppPairingDialogProps, 'provider' | 'open' | 'defaultOpen' | 'onOpenChange' | 'mode'>
    | undefined
}

const useLaterEnglish = lazyPart(() => import('../../locales/later/en.js'), false)
const useDialog = lazyPart(() => import('../whatsapp-pairing-dialog.js'), false)

/**
 * Shows whether a phone is linked, for a settings page: the account, or the problem and its remedy, with **Link**, **Disconnect**
 * and **Link again** if the provider supports them. It reads the state every few minutes, and never requests a code. The pairing
 * screen is loaded when the user opens it.
 *
 * @example
 * ```tsx
 * <PairingStatus provider={proxy({ url: '/api/pairing' })} dialog={{ appName: 'Acme Inbox' }} />
 * ```
 */
export const PairingStatus: ComponentWithRef<PairingStatusProps, HTMLDivElement> = forwardRef(
  function PairingStatus(props: PairingStatusProps, ref: ForwardedRef<HTMLDivElement>) {
    const { provider, locale, theme, className, classNames, messages } = props
    return (
      <PairingBoundary
        // The key closes the confirmation of another account.
        key={JSON.stringify([provider.id, provider.sessionId])}
        onError={props.onError}
        fallback={(retry) => (
          <div
            ref={ref}
            data-scope="whatsapp-pairing"
            data-theme={theme}
            {...elementProps(classNames, 'link', className)}
          >
            <button type="button" {...elementProps(classNames, 'check-button')} onClick={retry}>
              {messages?.linkCheck ?? (locale?.messages ?? linkEnglish).linkCheck}
            </button>
          </div>
        )}
      >
        <Status {...props} hostRef={ref} />
      </PairingBoundary>
    )
  },
)

function Status({
  provider,
  refetchInterval,
  liveEvents,
  queryClient,
  onUnlinked,
  onError,
  locale,
  messages: ownMessages,
  theme = 'auto',
  classNames,
  parts = {},
  onLink,
  dialog,
  hostRef,
  ...props
}: PairingStatusProps & { readonly hostRef: ForwardedRef<HTMLDivElement> }): ReactElement {
  if (process.env.NODE_ENV !== 'production') checkLocale(locale)
  const pairing = usePairingStatus(provider, {
    refetchInterval,
    liveEvents,
    queryClient,
    onUnlinked,
    onError,
  })
  const later = useLaterEnglish.unreported()
  const { link } = pairing
  const needsLater =
    !locale && (pairing.isUnlinking || link.reason || link.error || (link.syncProgress ?? 100) < 100)
  useEffect(() => {
    if (needsLater) useLaterEnglish.load()
  }, [needsLater])
  const element = useRef<HTMLDivElement | null>(null)
  const own = useCallback((found: HTMLDivElement | null) => {
    element.current = found
  }, [])
  const ref = useMergedRef<HTMLDivElement>(own, hostRef)
  const [mode, setMode] = useState<PairingMode>()
  const screen = useDialog.unreported()
  const latestOnError = useLatest(onError)
  useEffect(() => {
    if (!mode || screen !== null) return undefined
    const report = latestOnError.current
    const error = new PairingError(
      'component-failed',
      'The pairing screen did not load. Press the button again.',
    )
    callHost('onError', () => report?.(error))
    return setMode(undefined)
  }, [mode, screen, latestOnError])
  const wasOpen = useRef(false)
  useEffect(() => {
    // The dialog returns the focus to its button, which was removed if a phone was linked.
    const page = element.current?.ownerDocument
    if (!mode && wasOpen.current && page?.activeElement === page?.body) element.current?.focus()
    wasOpen.current = mode !== undefined
  }, [mode])
  const messages = useMemo<PairingStatusPartProps['messages']>(
    () => mergeMessages(locale?.messages ?? { ...linkEnglish, ...later?.laterEnglish }, ownMessages),
    [locale, later, ownMessages],
  )
  const part: PairingStatusPartProps['part'] = (name, className) => elementProps(classNames, name, className)
  const shown: PairingStatusPartProps = {
    pairing,
    messages,
    localeTag: locale?.tag ?? 'en',
    part,
    openPairing: (wanted) => {
      if (onLink) {
        callHost('onLink', () => onLink(wanted), onError)
        return
      }
      useDialog.load()
      setMode(wanted)
    },
  }
  const { Account = StatusAccount, State = StatusState, Actions = StatusActions } = parts
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own in every browser. */}
      <div
        role="group"
        aria-label="WhatsApp"
        tabIndex={-1}
        {...props}
        dir={props.dir ?? locale?.direction ?? 'ltr'}
        lang={props.lang ?? locale?.tag ?? 'en'}
        ref={ref}
        {...part('link', props.className)}
        data-scope="whatsapp-pairing"
        data-status={link.status}
        data-last={link.last}
        data-theme={theme}
      >
        {Account && <Account {...shown} />}
        {State && <State {...shown} />}
        {Actions && <Actions {...shown} />}
      </div>
      {mode && screen && (
        <screen.WhatsAppPairingDialog
          locale={locale}
          messages={ownMessages}
          theme={theme}
          queryClient={queryClient}
          onError={onError}
          {...dialog}
          provider={provider}
          mode={mode}
          open
          onOpenChange={() => setMode(undefined)}
        />
      )}
    </>
  )
}

/** The linked account: the picture, the name and the number, if the provider reports them. */
function StatusAccount({ pairing, part }: PairingStatusPartProps): ReactElement {
  const { name, phoneNumber, avatarUrl } = pairing.link.account ?? {}
  return (
    <div {...part('link-account')}>
      <Avatar key={avatarUrl} src={avatarUrl} name={name} element={part('link-avatar')}>
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          width="20"
          height="20"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
        >
          <path d="M7 3h10v18H7zM11 18h2" />
        </svg>
      </Avatar>
      {name && (
        <bdi title={name} translate="no" {...part('link-name')}>
          {name}
        </bdi>
      )}
      {phoneNumber && (
        <bdi dir="ltr" translate="no" {...part('link-number')}>
          {groupDigits(phoneNumber)}
        </bdi>
      )}
    </div>
  )
}
