'use client'

import { type ReactElement, useState } from 'react'
import type { PairingSession } from '../../core/pairing-session.js'
import { errorSentences } from '../session-lead.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'

/** The states in which a phone can still be linked. The part is removed after the link. */
const OPEN: readonly PairingSession['status'][] = [
  'idle',
  'preparing',
  'awaiting-scan',
  'awaiting-number',
  'requesting-code',
  'awaiting-code',
  'expired',
]

/**
 * A link to this pairing for the person who holds the phone, to copy or to share with another app. It needs `createShareLink` of
 * the app. This screen shows the progress of the other one automatically.
 */
export const PairingShare: PartComponent<'div'> = forwardPart(function PairingShare(props, ref) {
  const { pairing, createShareLink, part } = usePairingContext()
  if (!createShareLink || !OPEN.includes(pairing.session.status)) return null
  return (
    <div {...props} ref={ref} {...part('share', props.className)}>
      <Share createShareLink={createShareLink} />
    </div>
  )
})

function Share({ createShareLink }: { createShareLink: () => Promise<string> }): ReactElement {
  const { messages, part, reportFailure } = usePairingContext()
  const [link, setLink] = useState<string>()
  const [state, setState] = useState<'making' | 'failed' | 'copied' | 'shown'>()
  const make = async () => {
    if (state === 'making') return
    setState('making')
    try {
      setLink(await createShareLink())
      setState(undefined)
    } catch (exception) {
      setState('failed')
      reportFailure(exception)
    }
  }
  return (
    <>
      {link === undefined ? (
        <ActionButton part="send-button" aria-disabled={state === 'making'} action={() => void make()}>
          {messages.sendToOwner}
        </ActionButton>
      ) : (
        <Made link={link} isShown={state === 'shown'} setState={setState} isCopied={state === 'copied'} />
      )}
      <span aria-live="polite" {...part('share-state')}>
        {state === 'failed' && errorSentences(messages.errors.unknown)}
        {state === 'copied' && messages.copied}
      </span>
    </>
  )
}

interface MadeProps {
  readonly link: string
  readonly isShown: boolean
  readonly isCopied: boolean
  readonly setState: (state: 'copied' | 'shown' | undefined) => void
}

function Made({ link, isShown, isCopied, setState }: MadeProps): ReactElement {
  const { messages, app, part } = usePairingContext()
  const copy = async () => {
    // Cleared first, so that another copy is announced again.
    setState(undefined)
    try {
      await navigator.clipboard.writeText(link)
      setState('copied')
    } catch {
      // Not allowed here: no secure context, no permission. The user copies it by hand.
      setState('shown')
    }
  }
  const share = async () => {
    try {
      await navigator.share({ title: app, url: link })
    } catch {
      // The user cancelled, or no app accepted the link. It can still be copied.
    }
  }
  return (
    <>
      <p {...part('share-note')}>{messages.linkForOwner}</p>
      <ActionButton part="copy-link-button" data-copied={isCopied || undefined} action={() => void copy()}>
        {messages.copyLink}
      </ActionButton>
      {typeof navigator.share === 'function' && (
        <ActionButton part="share-button" action={() => void share()}>
          {messages.shareLink}
        </ActionButton>
      )}
      {isShown && (
        <input
          readOnly
          aria-label={messages.copyLink}
          value={link}
          onFocus={(event) => event.currentTarget.select()}
          {...part('share-link')}
        />
      )}
    </>
  )
}
