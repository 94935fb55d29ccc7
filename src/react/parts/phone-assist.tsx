'use client'

import type { ChangeEvent, ReactElement } from 'react'
import { later } from '../../core/later.js'
import { formatMessage, type PairingMessages } from '../../core/messages.js'
import { isSigned } from '../../core/phone-text.js'
import type { PhoneEntry } from '../use-phone-entry.js'
import { countryName } from './countries.js'
import { PairingCountryPicker } from './country-picker.js'
import { guessCountry } from './guess-country.js'
import { usePairingContext } from './pairing-context.js'
import { Part } from './part.js'
import {
  CALLING_CODES,
  editPhone,
  isCountry,
  movePhone,
  type PhoneReading,
  readPhone,
  showPhone,
} from './phone-library.js'
import { RichText } from './rich-text.js'

// What the phone field can do once the library is there. A chunk of its own, loaded when the phone tab opens; without it the
// field takes digits with their country code.

/** A double click is one press: at the second click the user has not read the response to the first. */
const READING_MS = 600

/** The field's entry, understood. The country is the chosen one, else `defaultCountry`, else one that the languages point to. */
export function understandPhone(
  { text, country }: PhoneEntry,
  defaultCountry: string | undefined,
  localeTag: string,
): PhoneReading {
  const given = country ?? defaultCountry?.toUpperCase()
  const guessed = isCountry(given)
    ? given
    : guessCountry(localeTag, globalThis.navigator?.languages ?? [], isCountry)
  return readPhone(text, isCountry(guessed) ? guessed : undefined)
}

/** The entry after an edit, formatted. Puts the caret where the person is. */
export function changedPhone(
  before: PhoneEntry,
  reading: PhoneReading,
  { target, nativeEvent }: ChangeEvent<HTMLInputElement>,
): PhoneEntry {
  // A country that was recognised in the text goes with it, and one that was chosen stays.
  const chosen = before.isRecognized && !/\p{Nd}/u.test(target.value) ? undefined : reading.chosen
  // What is being composed belongs to the keyboard until it is done.
  if ('isComposing' in nativeEvent && nativeEvent.isComposing) return entryOf(target.value, chosen, before)
  const typed = { text: target.value, caret: target.selectionStart ?? target.value.length }
  const { text, caret } = editPhone(before.text, typed, chosen)
  if (text !== target.value) {
    // Now, and not after the render: React leaves a value that is right already, and its caret, alone.
    target.value = text
    target.setSelectionRange(caret, caret)
  }
  return entryOf(text, chosen, before)
}

function entryOf(text: string, chosen: PhoneReading['chosen'], before?: PhoneEntry): PhoneEntry {
  const { country, shown } = readPhone(text, chosen)
  const isRecognized = before?.isRecognized && chosen !== undefined
  if (isSigned(text))
    return { text, country, told: text, isRecognized: isRecognized || country !== before?.country }
  // Another country in a text that does not begin with + is a guess, which the next digit may change.
  return { text, country: chosen, told: shown || text, isRecognized }
}

/** Why a number was not sent. */
export interface PhoneObjection {
  readonly text: string
  readonly country: string | undefined
  readonly message: string
  /** The second press sends it. */
  readonly isWarning: boolean
  readonly since: number
  /** The person has read it and sends the number nevertheless. */
  readonly isOverruled: boolean
}

/**
 * Why no code can be requested, or nothing.
 *
 * A library that does not know the newest numbers must not lock a user out: a number that is merely unknown is sent
 * when the button is pressed a second time, and so is a number of an impossible length when its country code was
 * written by hand. Only a text that is no international number at all is never sent.
 */
export function objectionTo(
  { text }: PhoneEntry,
  reading: PhoneReading,
  before: PhoneObjection | undefined,
  texts: { readonly messages: PairingMessages; readonly localeTag: string; readonly now: number },
): PhoneObjection | undefined {
  const { country, verdict, isInternational, digits } = reading
  if (verdict === 'likely') return undefined
  const { messages, localeTag, now } = texts
  if (before && before.text === text && before.country === country) {
    const isRead = before.isOverruled || now - before.since >= READING_MS
    return before.isWarning && isRead ? { ...before, isOverruled: true } : before
  }
  const isWarning =
    verdict === 'unlikely' ||
    (verdict !== 'no-area-code' && isInternational && digits.length >= 7 && digits.length <= 15)
  const name = country ? countryName(country, localeTag) : ''
  const reason = formatMessage(messages[REASONS[verdict]], { country: name })
  const message = isWarning ? `${reason} ${messages.phonePressAgain}` : reason
  return { text, country, message, isWarning, since: now, isOverruled: false }
}

const REASONS = {
  'not-a-number': 'phoneEmpty',
  'no-area-code': 'phoneNoAreaCode',
  'too-short': 'phoneTooShort',
  'too-long': 'phoneTooLong',
  'unknown-country': 'phoneUnknownCountry',
  unlikely: 'phoneUnlikely',
} as const

/** The picker of the country, in front of the number. */
export function PhoneCountry({
  reading,
  isReadOnly,
  onChosen,
}: {
  readonly reading: PhoneReading
  readonly isReadOnly: boolean
  readonly onChosen: () => void
}): ReactElement {
  const { phone, setPhone } = usePairingContext()
  const onChoose = (chosen: string) => {
    if (isCountry(chosen)) setPhone(entryOf(movePhone(phone.text, reading.chosen, chosen), chosen))
    onChosen()
  }
  return (
    <Part
      name="CountryPicker"
      own={PairingCountryPicker}
      props={{
        country: reading.country,
        callingCodes: CALLING_CODES,
        isCodeWritten: reading.isInternational,
        isReadOnly,
        onChoose,
      }}
    />
  )
}

/** The whole number as it is sent, for a user who typed a part of it. */
export function PhoneEcho({ reading }: { readonly reading: PhoneReading }): ReactElement | null {
  const { messages, phone, part } = usePairingContext()
  // Without its area code it is not the number that will be sent.
  if (!reading.shown || reading.verdict === 'no-area-code' || isSameNumber(reading.shown, phone.text))
    return null
  return (
    <p {...part('phone-echo')}>
      <RichText
        text={messages.codeFor}
        values={{
          number: (
            <bdi dir="ltr" translate="no">
              {reading.shown}
            </bdi>
          ),
        }}
      />
    </p>
  )
}

/** Only grouped otherwise: that need not be said. */
function isSameNumber(one: string, other: string): boolean {
  const [bare, otherBare] = [one, other].map((text) => text.replace(/[\s().-]/g, ''))
  return bare === otherBare
}

/** The other spelling of a number, in countries that have two. */
export function PhoneHint({
  reading,
  onChosen,
}: {
  readonly reading: PhoneReading
  readonly onChosen: () => void
}): ReactElement {
  const { messages, pairing, setPhone, part } = usePairingContext()
  const { session } = pairing
  const isRefused = session.status === 'awaiting-number' && session.error?.code === 'code-refused'
  const spelling = later.otherSpelling(reading.digits)
  const number = spelling && showPhone(spelling.other)
  return (
    <div aria-live="polite" {...part('phone-spelling')}>
      {number && (spelling.isExpected || isRefused) && (
        <>
          <span>{`${messages[HINTS[spelling.country]]} `}</span>
          <button
            type="button"
            {...part('use-number-button')}
            onClick={() => {
              setPhone(entryOf(number, undefined))
              onChosen()
            }}
          >
            <RichText
              text={messages.useNumber}
              values={{
                number: (
                  <bdi dir="ltr" translate="no">
                    {number}
                  </bdi>
                ),
              }}
            />
          </button>
        </>
      )}
    </div>
  )
}

const HINTS = {
  BR: 'phoneHintBrazil',
  MX: 'phoneHintMexico',
  AR: 'phoneHintArgentina',
  CI: 'phoneHintChanged',
  BJ: 'phoneHintChanged',
  GA: 'phoneHintChanged',
} as const
