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

// The features of the phone field that need the phone library. This chunk loads when the phone tab opens. Without it the field
// accepts only numbers with a country code.

/** A double click counts as one press, because the user cannot have read the warning in between. */
const READING_MS = 600

/** Parses the entry of the field. The country is the chosen one, `defaultCountry`, or one that the languages suggest. */
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

/** The formatted entry after an edit. Also restores the position of the caret. */
export function changedPhone(
  before: PhoneEntry,
  reading: PhoneReading,
  { target, nativeEvent }: ChangeEvent<HTMLInputElement>,
): PhoneEntry {
  // A recognised country is removed with the text, and a chosen one stays.
  const chosen = before.isRecognized && !/\p{Nd}/u.test(target.value) ? undefined : reading.chosen
  // During composition the text belongs to the keyboard.
  if ('isComposing' in nativeEvent && nativeEvent.isComposing) return entryOf(target.value, chosen, before)
  const typed = { text: target.value, caret: target.selectionStart ?? target.value.length }
  const { text, caret } = editPhone(before.text, typed, chosen)
  if (text !== target.value) {
    // Set now and not by the render: React does not touch a value that is already correct, so the caret stays.
    target.value = text
    target.setSelectionRange(caret, caret)
  }
  return entryOf(text, chosen, before)
}

function entryOf(text: string, chosen: PhoneReading['chosen'], before?: PhoneEntry): PhoneEntry {
  const { country, shown } = readPhone(text, chosen)
  const isRecognized = before?.isRecognized && chosen !== undefined
  if (isSigned(text))
    return { text, country, reported: text, isRecognized: isRecognized || country !== before?.country }
  // In a text without +, another country is only a guess, which the next digit may change.
  return { text, country: chosen, reported: shown || text, isRecognized }
}

/** Why a number was not sent. */
export interface PhoneProblem {
  readonly text: string
  readonly country: string | undefined
  readonly message: string
  /** Pressing the button again sends the number. */
  readonly isWarning: boolean
  readonly since: number
  /** The user has read the warning and sends the number anyway. */
  readonly isConfirmed: boolean
}

/**
 * Why no code can be requested; `undefined` if one can.
 *
 * The library may not know the newest numbers. So an unknown number is sent when the user presses the button again, and so is a
 * number of an unusual length with a typed country code. Only a text that is not an international number is never sent.
 */
export function checkPhoneEntry(
  { text }: PhoneEntry,
  reading: PhoneReading,
  before: PhoneProblem | undefined,
  texts: { readonly messages: PairingMessages; readonly localeTag: string; readonly now: number },
): PhoneProblem | undefined {
  const { country, result, isInternational, digits } = reading
  if (result === 'likely') return undefined
  const { messages, localeTag, now } = texts
  if (before && before.text === text && before.country === country) {
    const isRead = before.isConfirmed || now - before.since >= READING_MS
    return before.isWarning && isRead ? { ...before, isConfirmed: true } : before
  }
  const isWarning =
    result === 'unlikely' ||
    (result !== 'no-area-code' && isInternational && digits.length >= 7 && digits.length <= 15)
  const name = country ? countryName(country, localeTag) : ''
  const reason = formatMessage(messages[REASONS[result]], { country: name })
  const message = isWarning ? `${reason} ${messages.phonePressAgain}` : reason
  return { text, country, message, isWarning, since: now, isConfirmed: false }
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

/** The complete number to be sent, for a user who typed only a part of it. */
export function PhoneEcho({ reading }: { readonly reading: PhoneReading }): ReactElement | null {
  const { messages, phone, part } = usePairingContext()
  // A number without its area code is not shown, because it will not be sent.
  if (!reading.shown || reading.result === 'no-area-code' || isSameNumber(reading.shown, phone.text))
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

/** Whether two numbers differ only in their grouping, so that showing both is unnecessary. */
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
