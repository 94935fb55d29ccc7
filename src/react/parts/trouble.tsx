'use client'

import { type ComponentPropsWithoutRef, type ReactElement, useState } from 'react'
import type { PairingSymptom } from '../../core/messages.js'
import type { PairingStatus } from '../../core/session-state.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'
import { useFocusHandover } from './use-focus-handover.js'

/** Where nobody is standing with a phone that does not do what it should. Elsewhere it stays: somebody may be reading. */
const WITHOUT_TROUBLE: readonly PairingStatus[] = ['idle', 'linked', 'passkey-required', 'failed']

/** What the phone may say, what it means and what helps: phones blame the network for a code that has run out. */
export function PairingTrouble(props: ComponentPropsWithoutRef<'details'>): ReactElement | null {
  const { pairing, messages, troubleshooting } = usePairingContext()
  const ref = useFocusHandover<HTMLDetailsElement>()
  const [symptoms, setSymptoms] = useState<readonly PairingSymptom[]>()
  if (WITHOUT_TROUBLE.includes(pairing.session.status)) return null
  const load = () => {
    // Without its texts it stays empty, and opening it again tries again.
    if (!symptoms) troubleshooting().then(setSymptoms, () => {})
  }
  return (
    <details {...props} ref={ref} data-part="trouble" onToggle={load}>
      <summary data-part="trouble-summary">{messages.trouble}</summary>
      <dl data-part="trouble-list">
        {symptoms?.map(({ says, cause, steps }) => (
          <div key={says}>
            <dt>{says}</dt>
            <dd>
              {cause}
              <ul>
                {steps.map((step) => (
                  <li key={step}>
                    <RichText text={step} values={{}} />
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
