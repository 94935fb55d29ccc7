'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { PairingCard } from './parts/card.js'
import type { PairingParts } from './parts/part.js'
import type { PairingRootOptions } from './parts/root.js'
import { type UsePairingSessionOptions, usePairingSession } from './use-pairing-session.js'

/**
 * Props of {@link WhatsAppPairing}: those of the hook and of the root, and the rest goes to the root element. Children
 * come after the card.
 */
export interface WhatsAppPairingProps
  extends UsePairingSessionOptions,
    PairingRootOptions,
    Omit<
      ComponentPropsWithoutRef<'section'>,
      'onError' | keyof UsePairingSessionOptions | keyof PairingRootOptions
    > {
  /**
   * Components in place of the default ones, or `null` for none. Each takes no props: what it shows it gets from
   * `usePairingContext()` of `whatsapp-pairing/parts`, and it may render the part it replaces.
   *
   * @example
   * ```tsx
   * <WhatsAppPairing parts={{ Title: () => <PairingTitle className="mine" />, Trouble: null }} … />
   * ```
   */
  readonly parts?: PairingParts | undefined
}

/**
 * The screen that links a phone to WhatsApp: the QR code, the pairing code, and all that can happen to them.
 *
 * @example
 * ```tsx
 * <WhatsAppPairing provider={proxy({ url: '/api/pairing' })} appName="Acme Inbox" onLinked={(account) => …} />
 * ```
 */
export function WhatsAppPairing(props: WhatsAppPairingProps): ReactElement {
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
    ...root
  } = props
  const pairing = usePairingSession({
    provider,
    method,
    defaultMethod,
    onMethodChange,
    autoStart,
    maxRefreshes,
    refreshMode,
    expectedPhoneNumber,
    mode: root.mode,
    phoneNumber: root.phoneNumber,
    defaultPhoneNumber: root.defaultPhoneNumber,
    queryClient,
    onLinked,
    onError,
    onEvent,
  })
  return <PairingCard {...root} pairing={pairing} />
}
