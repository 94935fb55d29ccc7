'use client'

import { sessionStatusText } from '../session-texts.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** The state in words. Always rendered, so that screen readers announce each change once, without interrupting. */
export const PairingStatusText: PartComponent<'p'> = forwardPart(function PairingStatusText(props, ref) {
  const { pairing, messages, part } = usePairingContext()
  return (
    <p
      {...props}
      ref={ref}
      role="status"
      data-notice={pairing.session.notice}
      {...part('status-text', props.className)}
    >
      {sessionStatusText(pairing.session, messages)}
    </p>
  )
})
