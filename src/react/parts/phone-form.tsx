'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useId, useRef, useState } from 'react'
import { errorText } from '../session-lead.js'
import { CountdownBar } from './countdown.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { lazyPart } from './lazy-part.js'
import { usePairingContext } from './pairing-context.js'
import type { PhoneProblem } from './phone-assist.js'
import { useFocusHandover } from './use-focus-handover.js'

// The countries and their numbers, which load when the field is shown.
const usePhoneAssist = lazyPart(() => import('./phone-assist.js'))

/** The phone field and the button that requests a code. Shown while there is no code. */
export const PairingPhoneForm: PartComponent<'form'> = forwardPart(function PairingPhoneForm(props, ref) {
  const { status } = usePairingContext().pairing.session
  return status === 'awaiting-number' || status === 'requesting-code' ? <Form {...props} ref={ref} /> : null
})

const Form = forwardPart<'form'>(function Form(props, hostRef) {
  const { pairing, messages, phone, setPhone, defaultCountry, localeTag, part } = usePairingContext()
  const assist = usePhoneAssist()
  const ref = useFocusHandover(hostRef)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const [problem, setProblem] = useState<PhoneProblem>()
  const { session } = pairing
  const isBusy = session.status === 'requesting-code'
  const { error, retryAt } = session.status === 'awaiting-number' ? session : {}
  const isWaiting = isBusy || retryAt !== undefined
  const reading = assist?.understandPhone(phone, defaultCountry, localeTag)
  const hasProblem =
    problem?.text === phone.text && problem.country === reading?.country && !problem.isConfirmed
  // The text of this error is about a linked phone, but here nothing was linked.
  const refusal =
    error?.code === 'wrong-phone-number'
      ? messages.numberExpected
      : // Its advice is about the country code, which the picker shows by then.
        error?.code === 'invalid-phone-number' && reading?.country
        ? messages.errors[error.code].title
        : error && errorText(error, messages)
  const isTooEarly = retryAt !== undefined && error?.code === 'rate-limited'
  const message = hasProblem ? problem.message : isTooEarly ? undefined : refusal
  const countryHint = reading?.country ? undefined : messages.phoneNumberHint
  const hint = retryAt === undefined ? countryHint : messages.coolDown
  const onSubmit: ComponentPropsWithoutRef<'form'>['onSubmit'] = (event) => {
    props.onSubmit?.(event)
    event.preventDefault()
    if (isWaiting) return
    const texts = { messages, localeTag, now: Date.now() }
    const next = reading && assist?.checkPhoneEntry(phone, reading, problem, texts)
    setProblem(next)
    if (!next || next.isConfirmed) pairing.requestPairingCode(reading?.digits || phone.text)
  }
  const focusField = () => field.current?.focus()
  return (
    <form
      {...props}
      ref={ref}
      noValidate
      aria-busy={isBusy}
      {...part('phone-form', props.className)}
      onSubmit={onSubmit}
    >
      <label htmlFor={id} {...part('phone-label')}>
        {messages.phoneNumber}
      </label>
      <div {...part('phone-field')}>
        {assist && reading ? (
          <assist.PhoneCountry reading={reading} isReadOnly={isBusy} onChosen={focusField} />
        ) : (
          assist === undefined && <CountryRoom isCodeWritten={phone.text.startsWith('+')} />
        )}
        <input
          ref={field}
          id={id}
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          dir="ltr"
          {...part('phone-input')}
          value={phone.text}
          readOnly={isBusy}
          aria-describedby={`${id}-help`}
          aria-invalid={hasProblem || error?.action === 'edit-number' || undefined}
          onChange={(event) =>
            setPhone(
              assist && reading
                ? assist.changedPhone(phone, reading, event)
                : { ...phone, text: event.target.value, reported: undefined },
            )
          }
        />
      </div>
      <div id={`${id}-help`} {...part('phone-help')}>
        {assist && reading && <assist.PhoneEcho reading={reading} />}
        <p {...part(message ? 'error' : 'phone-hint')} aria-live="polite">
          {message ?? hint}
        </p>
        {retryAt !== undefined && <CoolDown until={retryAt} />}
      </div>
      {/* aria-disabled and not disabled: a disabled button would lose the focus right after a press. */}
      <button type="submit" {...part('submit-button')} aria-disabled={isWaiting}>
        {isBusy ? messages.statusRequesting : messages.getCode}
      </button>
    </form>
  )
})

/** Below the form: the other spelling of the number, in countries that have two. */
export function PhoneSpelling(): ReactElement | null {
  const { status } = usePairingContext().pairing.session
  return status === 'awaiting-number' ? <Spelling /> : null
}

function Spelling(): ReactElement | null {
  const { panel, phone, defaultCountry, localeTag } = usePairingContext()
  const assist = usePhoneAssist()
  if (!assist) return null
  return (
    <assist.PhoneHint
      reading={assist.understandPhone(phone, defaultCountry, localeTag)}
      onChosen={() => panel.current?.querySelector<HTMLElement>('[data-part="phone-input"]')?.focus()}
    />
  )
}

/** Invisible. All flags have the same width, and most country codes have two digits. */
const ANY_FLAG = '🇺🇳'

/** Reserves the width of the picker, so that the field does not shrink while the user types. */
function CountryRoom({ isCodeWritten }: { isCodeWritten: boolean }): ReactElement {
  const { part } = usePairingContext()
  return (
    <div aria-hidden="true" {...part('country-picker')} data-state="loading">
      <span {...part('country-size')}>{isCodeWritten ? ANY_FLAG : `${ANY_FLAG} +00`}</span>
    </div>
  )
}

/** A shrinking bar for the time in which no code may be requested. It needs no renders. */
function CoolDown({ until }: { until: number }): ReactElement {
  const { part } = usePairingContext()
  const [since] = useState(Date.now)
  return (
    <div {...part('cool-down')}>
      <CountdownBar key={until} shownAt={since} expiresAt={until} />
    </div>
  )
}
