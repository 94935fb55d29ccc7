'use client'

import { type ClipboardEvent, useCallback } from 'react'
import { useMergedRef } from '../use-merged-ref.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/**
 * The pairing code, `ABCD-1234`, as one text that can be found and selected. The boxes behind its characters are decoration. It
 * is always left to right, because its halves would change places in an Arabic page, and it is excluded from translation. Screen
 * readers get it character by character, because they might read it as a word.
 */
export const PairingCode: PartComponent<'div'> = forwardPart(function PairingCode(
  { 'aria-label': label, ...props },
  hostRef,
) {
  const { pairing, messages, part } = usePairingContext()
  const { session } = pairing
  const { formatted = '', value = '' } = session.status === 'awaiting-code' ? session.pairingCode : {}
  // Not as `style`: a strict Content Security Policy forbids that in HTML from a server.
  const setLength = useCallback(
    (code: HTMLDivElement | null) =>
      code?.style.setProperty('--whatsapp-pairing-code-length', String(formatted.length)),
    [formatted.length],
  )
  const ref = useMergedRef(setLength, hostRef)
  if (!formatted) return null
  // If the user selects and copies it manually, the dash is removed too.
  const onCopy = (event: ClipboardEvent<HTMLDivElement>) => {
    props.onCopy?.(event)
    if (event.defaultPrevented) return
    event.clipboardData.setData('text/plain', value)
    event.preventDefault()
    pairing.report('copied')
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls; this is text to be read.
    <div role="group" aria-label={label ?? messages.pairingCodeLabel}>
      <div
        {...props}
        ref={ref}
        dir="ltr"
        translate="no"
        aria-hidden="true"
        {...part('pairing-code', props.className)}
        onCopy={onCopy}
      >
        <span {...part('pairing-code-boxes')}>
          {Array.from(formatted, (character, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a box is its place.
            <span key={index} {...part(character === '-' ? 'pairing-code-gap' : 'pairing-code-box')} />
          ))}
        </span>
        <span>{formatted}</span>
      </div>
      <span dir="ltr" translate="no" {...part('pairing-code-spelled')}>
        {Array.from(value).join(', ')}
      </span>
    </div>
  )
})
