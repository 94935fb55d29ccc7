'use client'

import { timedCode } from './countdown.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** On paper alone: what the code is, and when it expires. */
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
    // A locale of the host's own may have a tag that is none, like `pt_BR`.
    return date.toLocaleTimeString()
  }
}
