'use client'

import type { ReactElement } from 'react'
import { useOwnPhone } from '../session/use-own-phone.js'
import { sessionSteps } from '../session-texts.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { isDecided } from './method-tabs.js'
import { type PairingContextValue, usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'
import { useLaterParts } from './use-later-parts.js'

const values = {
  menuIcon: <Icon name="menu" />,
  settingsIcon: <Icon name="settings" />,
  menu: <Menu />,
}

/** The steps on the phone in WhatsApp's own words, or one sentence if the phone has nothing to do. */
export const PairingInstructions: PartComponent<'div'> = forwardPart(
  function PairingInstructions(props, ref) {
    const { pairing, messages, part } = usePairingContext()
    const later = useLaterParts()
    const { session } = pairing
    const { status } = session
    const hasSteps = !isDecided(session) && status !== 'awaiting-number' && status !== 'requesting-code'
    return (
      <div {...props} ref={ref} {...part('instructions', props.className)}>
        {hasSteps ? (
          <ol {...part('steps')}>{stepItems(sessionSteps(session, messages), part)}</ol>
        ) : (
          later && <later.Lead />
        )}
      </div>
    )
  },
)

/** The items of a list of steps. */
export function stepItems(
  steps: readonly string[],
  part: PairingContextValue['part'],
): readonly ReactElement[] {
  return steps.map((step) => (
    <li key={step} {...part('step')}>
      <span>
        <RichText text={step} values={values} />
      </span>
    </li>
  ))
}

/** The path to WhatsApp's linked devices: on the user's own phone only for its system, elsewhere for both systems. */
function Menu(): ReactElement {
  const { messages, part } = usePairingContext()
  const own = useOwnPhone() && /Android|iPhone/.exec(navigator.userAgent)?.[0]
  const steps = { Android: messages.stepAndroid, iPhone: messages.stepIphone }
  return (
    <>
      {Object.entries(steps)
        .filter(([system]) => !own || system === own)
        .map(([system, step]) => (
          <span key={system} {...part('step-line')}>
            {!own && (
              <span translate="no" {...part('step-platform')}>
                {`${system} `}
              </span>
            )}
            <RichText text={step} values={values} />
          </span>
        ))}
    </>
  )
}
