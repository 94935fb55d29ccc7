'use client'

import { useOwnPhone } from '../session/use-own-phone.js'
import { sessionLead, sessionSteps } from '../session-texts.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'
import { RichText } from './rich-text.js'
import { useLaterParts } from './use-later-parts.js'

/** The steps on the phone in WhatsApp's own words, or a sentence where there is nothing to do step by step. */
export const PairingInstructions: PartComponent<'div'> = forwardPart(
  function PairingInstructions(props, ref) {
    const { pairing, messages, app, part } = usePairingContext()
    const isOwnPhone = useOwnPhone()
    const { session } = pairing
    const later = useLaterParts()
    const lead =
      session.status === 'passkey-required'
        ? later?.passkeyLead(pairing, messages)
        : sessionLead(session, messages, isOwnPhone)
    const steps = sessionSteps(session, messages)
    const number = 'account' in session && session.account?.phoneNumber
    const expected = session.status === 'confirming-number' && session.expectedPhoneNumber
    const values = {
      app,
      menuIcon: <Icon name="menu" />,
      settingsIcon: <Icon name="settings" />,
      phone: <bdi dir="ltr">{number && `+${number}`}</bdi>,
      expected: <bdi dir="ltr">{expected}</bdi>,
    }
    return (
      <div {...props} ref={ref} {...part('instructions', props.className)}>
        {steps ? (
          <ol {...part('steps')}>
            {steps.map((step) => (
              <li key={step} {...part('step')}>
                <span>
                  <RichText text={step} values={values} />
                </span>
              </li>
            ))}
          </ol>
        ) : (
          <p {...part('lead')}>
            <RichText text={lead ?? ''} values={values} />
          </p>
        )}
      </div>
    )
  },
)
