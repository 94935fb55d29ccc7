'use client'

import type { KeyboardEvent } from 'react'
import type { PairingSession } from '../../core/pairing-session.js'
import type { PairingMethod } from '../../core/provider.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { usePairingContext } from './pairing-context.js'
import { useFocusHandover } from './use-focus-handover.js'

const ALL_METHODS: readonly PairingMethod[] = ['qr', 'phone-code']

const DECIDED: readonly PairingSession['status'][] = [
  'linking',
  'confirming-number',
  'linked',
  'passkey-required',
  'failed',
]

/** Whether the method is decided, or no longer matters. */
export function isDecided({ status }: PairingSession): boolean {
  return DECIDED.includes(status)
}

/** Whether to show a choice of methods. */
export function useMethodChoice(): { readonly methods: readonly PairingMethod[]; readonly isKnown: boolean } {
  const { session } = usePairingContext().pairing
  const isKnown = session.methods.length > 0
  if (isDecided(session)) return { methods: [], isKnown: true }
  const methods = isKnown ? session.methods : ALL_METHODS
  return { methods: methods.length > 1 ? methods : [], isKnown }
}

/** The choice between the methods. Without a choice its space is kept, so that the stage below it never moves. */
export const PairingMethodTabs: PartComponent<'div'> = forwardPart(
  function PairingMethodTabs(props, hostRef) {
    const { pairing, messages, ids, part } = usePairingContext()
    const { methods, isKnown } = useMethodChoice()
    const ref = useFocusHandover(hostRef)
    const chosen = pairing.session.method
    const isOffered = isKnown && methods.length > 0

    const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
      props.onKeyDown?.(event)
      // With a modifier the keys belong to the browser or the system: Alt and an arrow leave the page.
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
      const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl'
      const from = methods.indexOf(chosen)
      const [next, previous] = [(from + 1) % methods.length, from - 1]
      // -1 is the last one.
      const places: Record<string, number> = {
        Home: 0,
        End: -1,
        ArrowRight: isRtl ? previous : next,
        ArrowLeft: isRtl ? next : previous,
      }
      const place = places[event.key]
      const method = place === undefined ? undefined : methods.at(place)
      if (!method) return
      event.preventDefault()
      pairing.setMethod(method)
      event.currentTarget.querySelector<HTMLElement>(`[data-value="${method}"]`)?.focus()
    }
    return (
      <div
        // The key remounts the tabs when they are hidden, so that their focus moves on.
        key={`${isOffered}`}
        aria-label={messages.methods}
        {...props}
        ref={ref}
        role="tablist"
        {...part('method-tabs', props.className)}
        // Not `hidden`: CSS resets would remove its space with `!important`.
        aria-hidden={!isOffered || undefined}
        data-state={isKnown && !isOffered ? 'none' : undefined}
        onKeyDown={onKeyDown}
      >
        {(methods.length > 0 ? methods : ALL_METHODS).map((method) => (
          <button
            key={method}
            type="button"
            role="tab"
            id={ids.tab(method)}
            aria-selected={method === chosen}
            aria-controls={ids.panel}
            tabIndex={method === chosen ? 0 : -1}
            {...part('method-tab')}
            data-value={method}
            onClick={() => pairing.setMethod(method)}
          >
            {method === 'qr' ? messages.methodQr : messages.methodPhoneCode}
          </button>
        ))}
      </div>
    )
  },
)
