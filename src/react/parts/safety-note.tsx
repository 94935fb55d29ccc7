'use client'

import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/**
 * The name of the app that is being linked, and a warning, because fake pages could link a stranger's device. Renders nothing
 * after the method is decided.
 */
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
