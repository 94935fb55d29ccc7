'use client'

import { timedCode } from './countdown.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** Printed only: what the code is for, and when it expires. */
export const PairingPrintNote: PartComponent<'p'> = forwardPart(function PairingPrintNote(props, ref) {
  const { pairing, messages, app, localeTag, part } = usePairingContext()
  const code = timedCode(pairing.session)
  if (!code) return null
  const time = clockTime(code.expiresAt, localeTag)
  return (
    <p {...props} ref={ref} {...part('print-note', props.className)}>
      <RichText text={messages.printNote} values={{ app, time }} />
    </p>
  )
})

function clockTime(at: number, localeTag: string): string {
  const date = new Date(at)
  try {
    return date.toLocaleTimeString(localeTag)
  } catch {
    // The app's own locale may have an invalid tag, such as `pt_BR`.
    return date.toLocaleTimeString()
  }
}
