'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { sessionTitle } from '../session-texts.js'
import { usePairingContext } from './pairing-context.js'

/** The heading: what there is to do. Names the whole component. */
export function PairingTitle(props: ComponentPropsWithoutRef<'h2'>): ReactElement {
  const { pairing, messages, mode, ids } = usePairingContext()
  return (
    <h2 id={ids.title} {...props} data-part="title">
      {props.children ?? sessionTitle(pairing.session, messages, mode)}
    </h2>
  )
}
