'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useState } from 'react'
import { ActionButton } from './action-button.js'
import { Icon } from './icons.js'
import { usePairingContext } from './pairing-context.js'

/** Copies the pairing code without its dash, as WhatsApp's field takes it. */
export function PairingCopyButton(props: ComponentPropsWithoutRef<'button'>): ReactElement | null {
  const { session } = usePairingContext().pairing
  // The key forgets "Copied" when another code comes.
  return session.status === 'awaiting-code' ? (
    <Copy {...props} key={session.pairingCode.value} code={session.pairingCode.value} />
  ) : null
}

function Copy({ code, ...props }: ComponentPropsWithoutRef<'button'> & { code: string }): ReactElement {
  const { messages, pairing } = usePairingContext()
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code)
      setCopied(true)
      pairing.reportCopied()
    } catch {
      // Not allowed here (no secure context, no permission): the code stays there to be read and selected.
      setCopied(false)
    }
  }
  return (
    <ActionButton {...props} part="copy-button" data-copied={isCopied || undefined} action={copy}>
      <Icon name={isCopied ? 'check' : 'copy'} />
      <span aria-live="polite">{isCopied ? messages.copied : messages.copyCode}</span>
    </ActionButton>
  )
}
