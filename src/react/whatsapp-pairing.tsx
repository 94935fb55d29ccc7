'use client'

import { type ComponentPropsWithoutRef, type ForwardedRef, forwardRef } from 'react'
import { PairingCard, type PairingCardProps } from './parts/card.js'
import type { ComponentWithRef } from './parts/forward-part.js'
import type { PairingRootOptions } from './parts/root.js'
import { type UsePairingSessionOptions, usePairingSession } from './use-pairing-session.js'

/**
 * Props of {@link WhatsAppPairing}: those of the hook and of the root, and the rest goes to the root element. Children
 * come after the card.
 */
export interface WhatsAppPairingProps
  extends UsePairingSessionOptions,
    PairingRootOptions,
    Pick<PairingCardProps, 'parts'>,
    Omit<
      ComponentPropsWithoutRef<'section'>,
      'onError' | keyof UsePairingSessionOptions | keyof PairingRootOptions
    > {}

/**
 * The screen that links a phone to WhatsApp: the QR code, the pairing code, and all that can happen to them.
 *
 * @example
 * ```tsx
 * <WhatsAppPairing provider={proxy({ url: '/api/pairing' })} appName="Acme Inbox" onLinked={(account) => …} />
 * ```
 */
export const WhatsAppPairing: ComponentWithRef<WhatsAppPairingProps, HTMLElement> = forwardRef(
  function WhatsAppPairing(props: WhatsAppPairingProps, ref: ForwardedRef<HTMLElement>) {
    const {
      provider,
      method,
      defaultMethod,
      onMethodChange,
      autoStart,
      maxRefreshes,
      refreshMode,
      expectedPhoneNumber,
      queryClient,
      onLinked,
      onError,
      onEvent,
      ...rest
    } = props
    const card: PropsOfCard = rest
    return <PairingCard {...card} ref={ref} pairing={usePairingSession(props)} />
  },
)

/** Without the options of the hook alone: one that is forgotten above, and would land in the DOM, does not compile. */
type PropsOfCard = Omit<PairingCardProps, 'pairing'> & {
  readonly [Option in Exclude<keyof UsePairingSessionOptions, keyof PairingRootOptions>]?: never
}
