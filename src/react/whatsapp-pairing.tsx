'use client'

import { type ComponentPropsWithoutRef, type ForwardedRef, forwardRef, type ReactElement } from 'react'
import { PairingBoundary } from './pairing-boundary.js'
import { PairingCard, type PairingCardProps } from './parts/card.js'
import { fallbackOptions, RootFallback } from './parts/fallback.js'
import type { ComponentWithRef } from './parts/forward-part.js'
import type { PairingRootOptions } from './parts/pairing-root-options.js'
import { type UsePairingSessionOptions, useSharedSession } from './session/use-pairing-session.js'

/**
 * Props of {@link WhatsAppPairing}: those of the hook and of the root. All others go to the root element. Children are rendered
 * after the card.
 */
export interface WhatsAppPairingProps
  extends UsePairingSessionOptions,
    Omit<PairingRootOptions, 'onPartError'>,
    Pick<PairingCardProps, 'parts'>,
    Omit<
      ComponentPropsWithoutRef<'section'>,
      'onError' | keyof UsePairingSessionOptions | keyof PairingRootOptions
    > {}

/**
 * The screen that links a phone to WhatsApp, with the QR code, the pairing code and all their states.
 *
 * @example
 * ```tsx
 * <WhatsAppPairing provider={proxy({ url: '/api/pairing' })} appName="Acme Inbox" onLinked={(account) => …} />
 * ```
 */
export const WhatsAppPairing: ComponentWithRef<WhatsAppPairingProps, HTMLElement> = forwardRef(
  function WhatsAppPairing(props: WhatsAppPairingProps, ref: ForwardedRef<HTMLElement>) {
    return (
      <PairingBoundary
        onError={props.onError}
        fallback={(retry) => <RootFallback {...fallbackOptions(props)} ref={ref} retry={retry} />}
      >
        <Screen {...props} hostRef={ref} />
      </PairingBoundary>
    )
  },
)

function Screen({
  hostRef,
  ...props
}: WhatsAppPairingProps & { readonly hostRef: ForwardedRef<HTMLElement> }): ReactElement {
  const {
    provider,
    method,
    defaultMethod,
    onMethodChange,
    autoStart,
    maxRefreshes,
    refreshMode,
    expectedPhoneNumber,
    signPasskey,
    queryClient,
    onLinked,
    onUnlinked,
    onError,
    onEvent,
    ...rest
  } = props
  const card: PropsOfCard = rest
  const pairing = useSharedSession(props, props.as === 'dialog')
  return <PairingCard {...card} ref={hostRef} onPartError={onError} pairing={pairing} />
}

/** Without the options of the hook, so that TypeScript reports an option that is forgotten above and would reach the DOM. */
type PropsOfCard = Omit<PairingCardProps, 'pairing'> & {
  readonly [Option in Exclude<keyof UsePairingSessionOptions, keyof PairingRootOptions>]?: never
}
