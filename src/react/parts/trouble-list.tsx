'use client'

import { type ReactElement, useEffect, useRef, useState } from 'react'
import type { PairingSymptom } from '../../core/messages.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'

/** The content of `PairingTrouble`: a chunk of its own, since few people open it. */
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

/** The texts of the locale, from the first time they are wanted. Where they do not load, the next time tries again. */
function useSymptoms(isWanted: boolean): readonly PairingSymptom[] | undefined {
  const { troubleshooting, reportFailure } = usePairingContext()
  const [loaded, setLoaded] = useState<{
    readonly from: typeof troubleshooting
    readonly symptoms: readonly PairingSymptom[]
  }>()
  // Those of the language before are not shown: the page says that it is in another one.
  const symptoms = loaded?.from === troubleshooting ? loaded.symptoms : undefined
  const isMissing = isWanted && !symptoms
  useEffect(() => {
    if (!isMissing) return undefined
    let isGone = false
    // Also where it throws at once: it may be a function of the host's.
    new Promise<readonly PairingSymptom[]>((resolve) => resolve(troubleshooting())).then(
      (found) => isGone || setLoaded({ from: troubleshooting, symptoms: found }),
      reportFailure,
    )
    return () => {
      isGone = true
    }
  }, [isMissing, troubleshooting, reportFailure])
  return symptoms
}
