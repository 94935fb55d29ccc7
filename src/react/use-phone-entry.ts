'use client'

import { useCallback, useMemo, useState } from 'react'

/** What stands in the phone field. */
export interface PhoneEntry {
  readonly text: string
  /** ISO 3166-1, where one was chosen, or recognised in the text. */
  readonly country?: string | undefined
  /** The text named that country; the user did not choose it. */
  readonly isRecognized?: boolean | undefined
  /** What the host gets in place of the text: a national number with its country code. */
  readonly told?: string | undefined
}

/** Gives the parts the phone field; kept above them so that it survives a change of tabs. */
export interface PhoneField {
  readonly phone: PhoneEntry
  readonly setPhone: (entry: PhoneEntry) => void
}

const toldOf = ({ text, told }: PhoneEntry): string => told ?? text

/**
 * The phone field, whose number may be the host's: a value that the host gives back unchanged changes nothing on
 * screen.
 */
export function usePhoneEntry(
  phoneNumber: string | undefined,
  defaultPhoneNumber: string,
  onPhoneNumberChange: ((text: string) => void) | undefined,
): PhoneField {
  const [own, setOwn] = useState<PhoneEntry>({ text: defaultPhoneNumber })
  const phone = useMemo<PhoneEntry>(
    () =>
      phoneNumber === undefined || phoneNumber === toldOf(own)
        ? own
        : { text: phoneNumber, country: own.country },
    [own, phoneNumber],
  )
  const setPhone = useCallback(
    (entry: PhoneEntry) => {
      setOwn(entry)
      // Another country for an empty field is nothing to report.
      if (toldOf(entry) !== toldOf(phone)) onPhoneNumberChange?.(toldOf(entry))
    },
    [phone, onPhoneNumberChange],
  )
  return { phone, setPhone }
}
