'use client'

import { useCallback, useEffect, useRef } from 'react'
import { focusInTree } from '../focus-in-tree.js'
import { useMergedRef } from '../use-merged-ref.js'
import { ActionButton } from './action-button.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { PasskeyCode } from './passkey-code.js'
import { passkeyTexts } from './passkey-texts.js'

/** Shows the code that the phone shows too, and lets the user say whether both are equal. */
export const PairingPasskeyCheck: PartComponent<'div'> = forwardPart(
  function PairingPasskeyCheck(props, ref) {
    const { pairing, messages, ids, part } = usePairingContext()
    const { session } = pairing
    const passkey = session.status === 'passkey-required' ? session.passkey : undefined
    const code = passkey?.code
    const element = useRef<HTMLDivElement | null>(null)
    const own = useCallback((found: HTMLDivElement | null) => {
      element.current = found
    }, [])
    const merged = useMergedRef(own, ref)
    useEffect(() => {
      if (element.current && code !== undefined) focusHeading(element.current, ids.title)
    }, [code, ids.title])
    if (!passkey || code === undefined) return null
    const texts = passkeyTexts(messages)
    return (
      <div {...props} ref={merged} {...part('passkey-check', props.className)}>
        <PasskeyCode code={code} label={texts.titles.confirm} />
        {passkey.canConfirm && (
          <ActionButton
            part="confirm-passkey-button"
            aria-disabled={passkey.busy !== undefined || undefined}
            action={() => pairing.confirmPasskey?.(true)}
          >
            {texts.same}
          </ActionButton>
        )}
        <ActionButton part="deny-passkey-button" action={() => pairing.confirmPasskey?.(false)}>
          {texts.differ}
        </ActionButton>
      </div>
    )
  },
)

/** Moves the focus to the heading and not to a button, so that the user reads first. A focus elsewhere in the page is kept. */
function focusHeading(beside: Element, id: string): void {
  const root = beside.closest('[data-scope="whatsapp-pairing"]')
  const heading = root?.querySelector<HTMLElement>(`[id="${id}"]`)
  const focused = focusInTree(beside)
  if (!heading || (focused && focused !== beside.ownerDocument.body && !root?.contains(focused))) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}
