'use client'

import { useEffect, useState } from 'react'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** Long enough to be read or announced. After that, another copy is announced again. */
const CONFIRMED_MS = 4_000

/** Copies the pairing code without its dash, in the form that WhatsApp's field accepts. */
export const PairingCopyButton: PartComponent<'button'> = forwardPart(function PairingCopyButton(props, ref) {
  const { session, report } = usePairingContext().pairing
  // The key removes "Copied" when another code comes.
  return session.status === 'awaiting-code' ? (
    <Copy
      {...props}
      ref={ref}
      key={session.pairingCode.value}
      code={session.pairingCode.value}
      source="pairing-code"
      onCopied={() => report('copied')}
    />
  ) : null
})

interface CopyProps {
  readonly code: string
  /** The element that shows the code. */
  readonly source: 'pairing-code' | 'passkey-code'
  readonly onCopied?: (() => void) | undefined
}

/** Copies a code of any kind. */
export const Copy: PartComponent<'button', CopyProps> = forwardPart<'button', CopyProps>(function Copy(
  { code, source, onCopied, ...props },
  ref,
) {
  const { messages, panel, part } = usePairingContext()
  const [isCopied, setCopied] = useState<boolean>()
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setCopied(undefined), CONFIRMED_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const outcome = isCopied ? messages.copied : isCopied === false ? messages.copyByHand : undefined
  const copy = async () => {
    const shown = panel.current?.querySelector(`[data-part="${source}"]`)
    setCopied(await copyText(code, shown, onCopied))
  }
  return (
    <>
      <ActionButton {...props} ref={ref} part="copy-button" data-copied={isCopied || undefined} action={copy}>
        <Icon name={isCopied ? 'check' : 'copy'} />
        <span>{outcome ?? messages.copyCode}</span>
      </ActionButton>
      <span aria-live="polite" {...part('announcement')}>
        {outcome}
      </span>
    </>
  )
})

/** Copies a text, or the element that shows it. `onWritten` is called if the browser sends no event `copy` for it. */
export async function copyText(
  text: string,
  shown: Element | null | undefined,
  onWritten?: () => void,
): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Not allowed here: no secure context, no permission.
    return copySelected(shown)
  }
  onWritten?.()
  return true
}

/** The deprecated API, for pages that may not use the new one. If it fails too, the code stays selected. */
function copySelected(code: Element | null | undefined): boolean {
  if (!code) return false
  const selection = getSelection()
  selection?.selectAllChildren(code)
  const isCopied = document.execCommand?.('copy') ?? false
  if (isCopied) selection?.removeAllRanges()
  return isCopied
}
