'use client'

import { sessionTitle } from '../session-texts.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** The heading, which says what to do. It is the accessible name of the whole component. */
export const PairingTitle: PartComponent<'h2'> = forwardPart(function PairingTitle(props, ref) {
  const { pairing, messages, mode, ids, part } = usePairingContext()
  return (
    <h2 id={ids.title} {...props} ref={ref} {...part('title', props.className)}>
      {props.children ?? sessionTitle(pairing.session, messages, mode)}
    </h2>
  )
})
