'use client'

import { type ReactElement, useEffect, useRef, useState } from 'react'
import type { PairingSymptom } from '../../core/messages.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** The content of `PairingTrouble`. It is a separate chunk, because few users open it. */
export function TroubleList({ isOpen }: { isOpen: boolean }): ReactElement {
  const { part, pairing } = usePairingContext()
  const { report } = pairing
  const wasOpen = useRef(false)
  useEffect(() => {
    if (isOpen && !wasOpen.current) report('trouble-opened')
    wasOpen.current = isOpen
  }, [isOpen, report])
  return (
    <dl {...part('trouble-list')}>
      {useSymptoms(isOpen)?.map(({ says, cause, steps }) => (
        <div key={says}>
          <dt>{says}</dt>
          <dd>
            <span>{cause}</span>
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
  )
}

/** The texts of the locale, loaded when they are first needed. After a failure, the next use loads them again. */
function useSymptoms(isWanted: boolean): readonly PairingSymptom[] | undefined {
  const { troubleshooting, reportFailure } = usePairingContext()
  const [loaded, setLoaded] = useState<{
    readonly from: typeof troubleshooting
    readonly symptoms: readonly PairingSymptom[]
  }>()
  // Texts of the previous language are not shown, because the `lang` of the page has changed.
  const symptoms = loaded?.from === troubleshooting ? loaded.symptoms : undefined
  const isMissing = isWanted && !symptoms
  useEffect(() => {
    if (!isMissing) return undefined
    let isUnmounted = false
    // Also catches synchronous exceptions: it may be a function of the app.
    new Promise<readonly PairingSymptom[]>((resolve) => resolve(troubleshooting())).then(
      (found) => isUnmounted || setLoaded({ from: troubleshooting, symptoms: found }),
      reportFailure,
    )
    return () => {
      isUnmounted = true
    }
  }, [isMissing, troubleshooting, reportFailure])
  return symptoms
}
