'use client'

import { type ToggleEvent, useState } from 'react'
import type { PairingSessionStatus } from '../../core/pairing-session.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import type { TroubleList } from './trouble-list.js'
import { useFocusHandover } from './use-focus-handover.js'

/**
 * The states without trouble at the phone, in which the list is removed. In all others it stays, because the user may be reading.
 */
const WITHOUT_TROUBLE: readonly PairingSessionStatus[] = [
  'idle',
  'confirming-number',
  'linked',
  'passkey-required',
  'failed',
]

/** The phone's messages, their meaning and their remedies, because phones blame the network for an expired code. */
export const PairingTrouble: PartComponent<'details'> = forwardPart(function PairingTrouble(props, hostRef) {
  const { pairing, messages, part, reportFailure } = usePairingContext()
  const ref = useFocusHandover(hostRef)
  const [isOpen, setOpen] = useState(false)
  const [loaded, setLoaded] = useState<{ readonly TroubleList: typeof TroubleList }>()
  if (WITHOUT_TROUBLE.includes(pairing.session.status)) return null
  const onToggle = (event: ToggleEvent<HTMLDetailsElement>) => {
    props.onToggle?.(event)
    setOpen(event.currentTarget.open)
    // If it does not load it stays empty, and opening it again retries.
    import('./trouble-list.js').then(setLoaded, reportFailure)
  }
  return (
    <details {...props} ref={ref} {...part('trouble', props.className)} onToggle={onToggle}>
      <summary {...part('trouble-summary')}>{messages.trouble}</summary>
      {loaded && <loaded.TroubleList isOpen={isOpen} />}
    </details>
  )
})
