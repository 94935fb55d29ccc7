'use client'

import { useCallback, useMemo, useState } from 'react'
import { textOf } from '../core/json.js'

/** The content of the phone field. */
export interface PhoneEntry {
  readonly text: string
  /** ISO 3166-1, if a country was chosen or recognised in the text. */
  readonly country?: string | undefined
  /** The country was recognised in the text; the user did not choose it. */
  readonly isRecognized?: boolean | undefined
  /** The text for the app: a national number with its country code. */
  readonly reported?: string | undefined
}

/** Provides the phone field to the parts. Its state is kept above them, so it survives a change of tabs. */
export interface PhoneField {
  readonly phone: PhoneEntry
  readonly setPhone: (entry: PhoneEntry) => void
}

const reportedNumber = ({ text, reported }: PhoneEntry): string => reported ?? text

/** The phone field, whose number the app may control. If the app passes the reported value back, the screen does not change. */
export function usePhoneEntry(
  phoneNumber: string | undefined,
  defaultPhoneNumber: string | undefined,
  onPhoneNumberChange: ((text: string) => void) | undefined,
): PhoneField {
  const [own, setOwn] = useState<PhoneEntry>({ text: String(defaultPhoneNumber ?? '') })
  const text = textOf(phoneNumber)
  const phone = useMemo<PhoneEntry>(
    () => (text === undefined || text === reportedNumber(own) ? own : { text, country: own.country }),
    [own, text],
  )
  const setPhone = useCallback(
    (entry: PhoneEntry) => {
      setOwn(entry)
      // A new country for an empty field is not reported.
      if (reportedNumber(entry) !== reportedNumber(phone)) onPhoneNumberChange?.(reportedNumber(entry))
    },
    [phone, onPhoneNumberChange],
  )
  return { phone, setPhone }
}
