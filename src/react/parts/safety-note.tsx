'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** Who is being linked, and the warning: pages that imitate this one link a stranger's device. */
export const PairingSafetyNote: PartComponent<'footer'> = forwardPart(function PairingSafetyNote(props, ref) {
  const { messages, app, part } = usePairingContext()
  return (
    <footer {...props} ref={ref} {...part('safety-note', props.className)}>
      <Icon name="lock" size={16} />
      <p>
        <RichText text={messages.safety} values={{ app }} />
      </p>
    </footer>
  )
})
