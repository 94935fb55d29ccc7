'use client'

import {
  type ComponentPropsWithoutRef,
  type KeyboardEvent,
  type ReactElement,
  type RefCallback,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { type PairingErrorCode, toPairingError } from '../../core/errors.js'
import type { PairingLinkReason, PairingLinkStatus } from '../../core/link-status.js'
import { focusInTree } from '../focus-in-tree.js'
import { errorSentences } from '../session-lead.js'
import type { PairingStatusPartProps } from './status-parts.js'

/** The reasons that a new link repairs. Only the people who run the app can repair the others. */
const repairedByLink: readonly PairingLinkReason[] = [
  'unlinked-on-phone',
  'passkey-required',
  'session-stale',
  'account-blocked',
]

/** The actions of this state, if the provider supports them. */
export function StatusActions(props: PairingStatusPartProps): ReactElement {
  const { pairing, messages, part, openPairing } = props
  const { link, refresh } = pairing
  const state = link.last ?? link.status
  const needsLink = state === 'needs-attention' && link.reason && repairedByLink.includes(link.reason)
  const isStuck = link.status === 'unknown' ? link.error : state === 'needs-attention' && !needsLink
  return (
    <div {...part('link-actions')}>
      {state === 'not-linked' && (
        <Button {...part('link-button')} onClick={() => openPairing('link')}>
          {messages.linkStart}
        </Button>
      )}
      {needsLink && (
        <Button {...part('link-button')} onClick={() => openPairing('relink')}>
          {messages.linkAgain}
        </Button>
      )}
      {isStuck && (
        <Button {...part('check-button')} onClick={refresh}>
          {messages.linkCheck}
        </Button>
      )}
      {canUnlink(link) && <Disconnect {...props} />}
    </div>
  )
}

const canUnlink = ({ status, last, abilities }: PairingLinkStatus): boolean =>
  (last ?? status) === 'linked' && abilities.includes('unlink')

/** A button that may be removed when it is used. The focus then stays at this place of the page. */
function Button(props: ComponentPropsWithoutRef<'button'>): ReactElement {
  return <button type="button" {...props} ref={useKeptFocus()[0]} />
}

/** A ref: if its element is removed while it has the focus, the element of the status gets the focus. */
function useKeptFocus<Element extends HTMLElement>(): [RefCallback<Element>, RefObject<Element | null>] {
  const element = useRef<Element | null>(null)
  const ref = useCallback((next: Element | null) => {
    // React clears the ref before it removes the element, so the focus is still in it.
    const before = element.current
    if (next === null && before?.contains(focusInTree(before)))
      before.closest<HTMLElement>('[data-scope]')?.focus({ preventScroll: true })
    element.current = next
  }, [])
  return [ref, element]
}

/** Requires a confirmation in place, because the action cannot be undone. */
function Disconnect({ pairing, messages, part }: PairingStatusPartProps): ReactElement {
  const [isConfirming, setConfirming] = useState(false)
  const [failure, setFailure] = useState<PairingErrorCode>()
  const id = useId()
  const [confirmationRef, confirmation] = useKeptFocus<HTMLDivElement>()
  const [buttonRef, button] = useKeptFocus<HTMLButtonElement>()
  const wasConfirming = useRef(false)
  useEffect(() => {
    // The pressed button was removed, so its replacement gets the focus.
    if (isConfirming !== wasConfirming.current) (isConfirming ? confirmation : button).current?.focus()
    wasConfirming.current = isConfirming
  }, [isConfirming, confirmation, button])
  const { isUnlinking, unlink } = pairing
  const cancel = () => {
    setFailure(undefined)
    setConfirming(false)
  }
  const confirm = () => {
    if (isUnlinking) return
    setFailure(undefined)
    unlink().catch((error: unknown) => setFailure(toPairingError(error).code))
  }
  if (!isConfirming) {
    return (
      <button
        ref={buttonRef}
        type="button"
        {...part('disconnect-button')}
        onClick={() => setConfirming(true)}
      >
        {messages.disconnect}
      </button>
    )
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || isUnlinking) return
    // Prevents Escape from closing a dialog around it.
    event.preventDefault()
    event.stopPropagation()
    cancel()
  }
  const text = failure && messages.errors?.[failure]
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own in every browser.
    <div
      ref={confirmationRef}
      role="group"
      aria-labelledby={id}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      {...part('disconnect-question')}
    >
      <p id={id}>{messages.disconnectWarning}</p>
      <button
        type="button"
        {...part('disconnect-cancel-button')}
        aria-disabled={isUnlinking}
        onClick={() => isUnlinking || cancel()}
      >
        {messages.disconnectCancel}
      </button>
      <button
        type="button"
        {...part('disconnect-confirm-button')}
        aria-disabled={isUnlinking}
        onClick={confirm}
      >
        {isUnlinking ? messages.disconnecting : messages.disconnect}
      </button>
      <p role="alert" {...part('link-error')}>
        {failure && (text ? errorSentences({ title: text.title, advice: text.advice }) : failure)}
      </p>
    </div>
  )
}
