'use client'

import { useCallback } from 'react'
import { useMergedRef } from '../use-merged-ref.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { useMethodChoice } from './method-tabs.js'
import { usePairingContext } from './pairing-context.js'

/** The tab panel with the content of the chosen method. */
export const PairingPanel: PartComponent<'div'> = forwardPart(function PairingPanel(props, hostRef) {
  const { pairing, ids, panel, part } = usePairingContext()
  const { methods, isKnown } = useMethodChoice()
  const own = useCallback(
    (element: HTMLDivElement | null) => {
      panel.current = element
    },
    [panel],
  )
  const ref = useMergedRef(own, hostRef)
  const labelled =
    isKnown && methods.length > 0
      ? { role: 'tabpanel', 'aria-labelledby': ids.tab(pairing.session.method) }
      : {}
  return (
    <div
      {...labelled}
      {...props}
      id={ids.panel}
      ref={ref}
      tabIndex={-1}
      {...part('panel', props.className)}
    />
  )
})
