'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { PairingCard } from './parts/card.js'
import type { PairingRootOptions } from './parts/root.js'
import { type UsePairingSessionOptions, usePairingSession } from './use-pairing-session.js'

/** Props of {@link WhatsAppPairing}: those of the hook and of the root, and the rest goes to the root element. */
export interface WhatsAppPairingProps
  extends UsePairingSessionOptions,
    PairingRootOptions,
    Omit<
      ComponentPropsWithoutRef<'section'>,
      'children' | 'onError' | keyof UsePairingSessionOptions | keyof PairingRootOptions
    > {}

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
