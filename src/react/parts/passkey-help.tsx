'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

/** The provider's way through a passkey, where it documents one. */
export function PairingPasskeyHelp(props: ComponentPropsWithoutRef<'a'>): ReactElement | null {
  const { pairing, messages } = usePairingContext()
  const ref = useFocusHandover<HTMLAnchorElement>()
  const { session } = pairing
  if (session.status !== 'passkey-required' || !/^https:/i.test(session.helpUrl ?? '')) return null
  return (
    <a target="_blank" rel="noreferrer" {...props} ref={ref} href={session.helpUrl} data-part="passkey-help">
      {props.children ?? messages.passkeyHelp}
    </a>
  )
}
