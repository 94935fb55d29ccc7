'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** Who is being linked, and the warning: pages that imitate this one link a stranger's device. Nothing when that is over. */
export const PairingSafetyNote: PartComponent<'footer'> = forwardPart(function PairingSafetyNote(props, ref) {
  const { pairing, messages, appFace, part } = usePairingContext()
  const { status } = pairing.session
  if (status === 'linked' || status === 'failed') return null
  return (
    <footer {...props} ref={ref} {...part('safety-note', props.className)}>
      <Icon name="shield" />
      <p>
        <RichText text={messages.safety} values={{ app: appFace }} />
      </p>
    </footer>
  )
})
