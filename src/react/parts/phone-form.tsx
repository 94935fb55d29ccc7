'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useId, useState } from 'react'
import { errorText } from '../session-texts.js'
import { CountdownBar } from './countdown.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** The phone number, and the button that asks for a code. Here while there is no code yet. */
export function PairingPhoneForm(props: ComponentPropsWithoutRef<'form'>): ReactElement | null {
  const { status } = usePairingContext().pairing.session
  return status === 'awaiting-number' || status === 'requesting-code' ? <Form {...props} /> : null
}

function Form(props: ComponentPropsWithoutRef<'form'>): ReactElement {
  const { pairing, messages, phoneText, setPhoneText } = usePairingContext()
  const ref = useFocusHandover<HTMLFormElement>()
  const id = useId()
  const { session } = pairing
  const isBusy = session.status === 'requesting-code'
  const { error, retryAt } = session.status === 'awaiting-number' ? session : {}
  const isWaiting = isBusy || retryAt !== undefined
  const onSubmit: ComponentPropsWithoutRef<'form'>['onSubmit'] = (event) => {
    props.onSubmit?.(event)
    event.preventDefault()
    if (!isWaiting) pairing.requestPairingCode(phoneText)
  }
  return (
    <form {...props} ref={ref} noValidate aria-busy={isBusy} data-part="phone-form" onSubmit={onSubmit}>
      <label htmlFor={id} data-part="phone-label">
        {messages.phoneNumber}
      </label>
      <input
        id={id}
        type="tel"
        inputMode="tel"
        autoComplete="tel"
        dir="ltr"
        data-part="phone-input"
        value={phoneText}
        readOnly={isBusy}
        aria-describedby={`${id}-help`}
        aria-invalid={error?.action === 'edit-number' || undefined}
        onChange={(event) => setPhoneText(event.target.value)}
      />
      <p id={`${id}-help`} data-part={error ? 'error' : 'phone-hint'} aria-live="polite">
        {error ? errorText(error, messages) : messages.phoneNumberHint}
      </p>
      {/* aria-disabled and not disabled: a disabled button would drop the focus of whoever just pressed it. */}
      <button type="submit" data-part="submit-button" aria-disabled={isWaiting}>
        {isBusy ? messages.statusRequesting : messages.getCode}
      </button>
      {retryAt !== undefined && <CoolDown until={retryAt} />}
    </form>
  )
}

/** How long no code may be asked for, as a bar that runs down: nothing renders while it does. */
function CoolDown({ until }: { until: number }): ReactElement {
  const { messages } = usePairingContext()
  const [since] = useState(Date.now)
  return (
    <div data-part="cool-down">
      <p>{messages.coolDown}</p>
      <CountdownBar key={until} shownAt={since} expiresAt={until} />
    </div>
  )
}
