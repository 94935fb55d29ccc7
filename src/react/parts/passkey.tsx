'use client'

import type { ReactElement } from 'react'
import { groupDigits } from '../../core/group-digits.js'
import type { PairingSession } from '../../core/pairing-session.js'
import { useOwnPhone } from '../session/use-own-phone.js'
import { errorText } from '../session-lead.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'
import { PairingPasskeyCheck } from './passkey-check.js'
import { PairingPasskeyHandoff } from './passkey-handoff.js'
import { PairingPasskeyHelp } from './passkey-help.js'
import { passkeyTexts, passkeyWay } from './passkey-texts.js'
import { PasskeyTime } from './passkey-time.js'

type Ceremony = Extract<PairingSession, { status: 'passkey-required' }>

/** A passkey ceremony: the app and the account, the action of its step, and the result. */
export const PairingPasskey: PartComponent<'div'> = forwardPart(function PairingPasskey(props, ref) {
  const { pairing, part } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'passkey-required') return null
  return (
    <div {...props} ref={ref} {...part('passkey', props.className)}>
      <Step session={session} />
      {session.passkey && <Note session={session} />}
      <StartOver session={session} />
    </div>
  )
})

function Step({ session }: { session: Ceremony }): ReactElement {
  const { part } = usePairingContext()
  const { passkey } = session
  if (passkey?.step === 'confirm') return <Part name="PasskeyCheck" own={PairingPasskeyCheck} />
  if (passkey?.step === 'submitted')
    return (
      <>
        <div {...part('spinner')}>
          <Icon name="phone" size={32} />
        </div>
        <PasskeyTime shownAt={passkey.since} expiresAt={passkey.expiresAt} />
      </>
    )
  return passkey?.handoff ? (
    <Part name="PasskeyHandoff" own={PairingPasskeyHandoff} />
  ) : (
    <>
      <Icon name="key" size={40} />
      <Target session={session} />
      <Action session={session} />
    </>
  )
}

/** The app and the account that will be linked. The user sees them before the ceremony begins. */
function Target({ session: { passkey, phoneNumber } }: { session: Ceremony }): ReactElement | null {
  const { appFace, part } = usePairingContext()
  return passkey ? (
    <p {...part('passkey-target')}>
      <strong>{appFace}</strong>
      {phoneNumber && (
        <bdi dir="ltr" translate="no">
          {groupDigits(phoneNumber)}
        </bdi>
      )}
    </p>
  ) : null
}

function Action({ session }: { session: Ceremony }): ReactElement {
  const { pairing, messages } = usePairingContext()
  const texts = passkeyTexts(messages)
  const { passkey } = session
  const way = passkeyWay(pairing)
  if (!passkey || !way) return <Part name="PasskeyHelp" own={PairingPasskeyHelp} />
  if (passkey.busy === 'sign')
    return (
      <>
        <PasskeyTime shownAt={passkey.since} expiresAt={passkey.expiresAt} />
        {/* Another element than the pressed button, so that a second press of Enter does not cancel. */}
        <ActionButton key="cancel" part="cancel-passkey-button" action={() => pairing.cancelPasskey?.()}>
          {texts.cancel}
        </ActionButton>
      </>
    )
  const isSign = way === 'sign'
  return (
    <ActionButton
      key="continue"
      part={isSign ? 'sign-passkey-button' : 'handoff-button'}
      aria-disabled={passkey.busy !== undefined || undefined}
      action={() => (isSign ? pairing.signWithPasskey?.() : pairing.requestPasskeyHandoff?.())}
    >
      {texts.continue}
    </ActionButton>
  )
}

/** The result of the last action, and what helps. Empty at first, so that screen readers announce its changes. */
function Note({ session }: { session: Ceremony }): ReactElement {
  const { pairing, messages, part } = usePairingContext()
  const isOwnPhone = useOwnPhone()
  const texts = passkeyTexts(messages)
  const { passkey } = session
  const { busy, isCancelled, error, isSlow } = passkey ?? {}
  const canAct = passkeyWay(pairing)
  return (
    <>
      {isOwnPhone && passkey?.step === 'assert' && canAct && (
        <p {...part('passkey-note')}>{texts.computerNeeded}</p>
      )}
      <p aria-live="polite" {...part('passkey-note')}>
        {busy === 'sign' && texts.waiting}
        {isCancelled && texts.notUsed}
        {/* An answer was already sent, or the ceremony is at another step: only starting over helps. */}
        {error && errorText(error.code === 'invalid-request' ? { code: 'session-stale' } : error, messages)}
        {isSlow && texts.nothingHappens}
      </p>
    </>
  )
}

function StartOver({ session: { canStartOver, passkey } }: { session: Ceremony }): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  // During an action, no other action is offered.
  const isEarly = passkey?.step === 'submitted' && !passkey.isSlow
  if (!canStartOver || isEarly || passkey?.busy || passkey?.step === 'confirm') return null
  return (
    <ActionButton part="start-over-button" action={pairing.startOver}>
      {messages.startOver}
    </ActionButton>
  )
}
