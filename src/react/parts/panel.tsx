'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { useMethodChoice } from './method-tabs.js'
import { usePairingContext } from './pairing-context.js'

/** What belongs to the chosen method: the panel of its tab. */
export function PairingPanel(props: ComponentPropsWithoutRef<'div'>): ReactElement {
  const { pairing, ids, panel } = usePairingContext()
  const { methods, isKnown } = useMethodChoice()
  const labelled =
    isKnown && methods.length > 0
      ? { role: 'tabpanel', 'aria-labelledby': ids.tab(pairing.session.method) }
      : {}
  return <div {...labelled} {...props} id={ids.panel} ref={panel} tabIndex={-1} data-part="panel" />
}
