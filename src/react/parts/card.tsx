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
   * Components in place of the default ones, or `null` for none. Each takes no props: what it shows it gets from
   * `usePairingContext()` of `whatsapp-pairing/parts`, and it may render the part it replaces.
   *
   * Write the object outside the component that renders it: a function made anew is another component, and React
   * mounts it anew on every render, which loses its state and the focus in it.
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

/** The parts in the arrangement of `<WhatsAppPairing>`, for a session that the host holds itself. Children come last. */
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
    // One centred column where there are no steps beside the stage.
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
  // The provider has issued it and counts it: it is shown as it is.
  return (
    <p dir="ltr" translate="no" {...part('plain-code')}>
      {session.pairingCode.formatted}
    </p>
  )
}
