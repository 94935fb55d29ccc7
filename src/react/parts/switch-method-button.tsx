'use client'

import type { ComponentPropsWithoutRef, ReactElement } from 'react'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'
import { withAction } from './with-action.js'

/** The other way to link, offered where one has come to an end. */
export function PairingSwitchMethodButton(props: ComponentPropsWithoutRef<'button'>): ReactElement | null {
  const { status, methods } = usePairingContext().pairing.session
  return status === 'expired' && methods.length > 1 ? <Switch {...props} /> : null
}

function Switch(props: ComponentPropsWithoutRef<'button'>): ReactElement {
  const { pairing, messages } = usePairingContext()
  const ref = useFocusHandover<HTMLButtonElement>()
  const isQr = pairing.session.method === 'qr'
  return (
    <button
      type="button"
      {...props}
      ref={ref}
      data-part="switch-method-button"
      onClick={withAction(props.onClick, () => pairing.setMethod(isQr ? 'phone-code' : 'qr'))}
    >
      {isQr ? messages.usePhoneNumber : messages.useQrCode}
    </button>
  )
}
