'use client'

import { type ForwardedRef, forwardRef, type ReactElement } from 'react'
import { PairingCloseButton } from './close-button.js'
import { PairingCountdown } from './countdown.js'
import type { ComponentWithRef } from './forward-part.js'
import { PairingInstructions } from './instructions.js'
import { isDecided, PairingMethodTabs } from './method-tabs.js'
import { MissingPart } from './missing-part.js'
import { usePairingContext } from './pairing-context.js'
import { PairingPanel } from './panel.js'
import { type PairingParts, Part, PartsContext } from './part.js'
import { PairingQrActions } from './qr-actions.js'
import { PairingRoot, type PairingRootProps } from './root.js'
import { PairingSafetyNote } from './safety-note.js'
import { PairingStatusText } from './status-text.js'
import { PairingTile } from './tile.js'
import { PairingTitle } from './title.js'
import { useLaterParts } from './use-later-parts.js'

/** Props of {@link PairingCard}. */
export interface PairingCardProps extends PairingRootProps {
  /**
   * Components that replace the default ones, or `null` for none. Most get no props: they read the session from
   * `usePairingContext()` of `whatsapp-pairing/parts`. They may render the part that they replace.
   *
   * Create the object outside the component that renders it. A function that is created on every render is a new component each
   * time. React then remounts it, which loses its state and its focus.
   *
   * @example
   * ```tsx
   * const parts: PairingParts = { Title: () => <PairingTitle className="mine" />, Trouble: null }
   *
   * <WhatsAppPairing parts={parts} … />
   * ```
   */
  readonly parts?: PairingParts | undefined
}

/** All parts, arranged as in `<WhatsAppPairing>`, for a session that your app gets from the hook. Children come last. */
export const PairingCard: ComponentWithRef<PairingCardProps, HTMLElement> = forwardRef(function PairingCard(
  { parts, children, ...props }: PairingCardProps,
  ref: ForwardedRef<HTMLElement>,
) {
  const card = (
    <PairingRoot {...props} ref={ref}>
      <Layout />
      <Part name="CloseButton" own={PairingCloseButton} />
      {children}
    </PairingRoot>
  )
  return parts ? <PartsContext.Provider value={parts}>{card}</PartsContext.Provider> : card
})

function Layout(): ReactElement {
  const later = useLaterParts()
  const { pairing, part } = usePairingContext()
  return (
    // One centred column if there are no steps next to the stage.
    <div {...part('card')} data-layout={isDecided(pairing.session) ? 'column' : undefined}>
      <div {...part('intro')}>
        <Part name="Title" own={PairingTitle} />
        <Part name="MethodTabs" own={PairingMethodTabs} />
        <Part name="Instructions" own={PairingInstructions} />
      </div>
      <Part name="Panel" own={PairingPanel} props={{ children: <PanelContent /> }} />
      <Part name="Trouble" own={later?.PairingTrouble} />
      <Part name="SafetyNote" own={PairingSafetyNote} />
    </div>
  )
}

function PanelContent(): ReactElement {
  const { part } = usePairingContext()
  const later = useLaterParts()
  return (
    <>
      <Stage />
      <div {...part('below-stage')}>
        <Part name="Countdown" own={PairingCountdown} />
        <Part name="StatusText" own={PairingStatusText} />
        <Part name="QrActions" own={PairingQrActions} />
        {later && <later.LaterPanel />}
      </div>
    </>
  )
}

function Stage(): ReactElement {
  const later = useLaterParts()
  const { pairing, part } = usePairingContext()
  const { status } = pairing.session
  if (status === 'awaiting-number' || status === 'requesting-code')
    return <Part name="PhoneForm" own={PhoneForm} />
  if (status !== 'awaiting-code') return <Part name="Tile" own={PairingTile} />
  return (
    <div {...part('code-frame')}>
      <Part name="PairingCode" own={CodeText} />
      <Part name="CopyButton" own={later?.PairingCopyButton} />
      <Part name="OpenInWhatsApp" own={later?.PairingOpenInWhatsApp} />
    </div>
  )
}

function PhoneForm(): ReactElement | null {
  const later = useLaterParts()
  if (later) return <later.PairingPhoneForm />
  return later === null ? <MissingPart load={useLaterParts.load} /> : null
}

function CodeText(): ReactElement | null {
  const later = useLaterParts()
  const { pairing, part } = usePairingContext()
  const { session } = pairing
  if (later) return <later.PairingCode />
  if (later === undefined || session.status !== 'awaiting-code') return null
  // The provider has already issued and counted this code, so it is shown even without its part.
  return (
    <p dir="ltr" translate="no" {...part('plain-code')}>
      {session.pairingCode.formatted}
    </p>
  )
}
