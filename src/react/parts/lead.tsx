'use client'

import type { ReactElement } from 'react'
import { groupDigits } from '../../core/group-digits.js'
import { useOwnPhone } from '../session/use-own-phone.js'
import { sessionLead } from '../session-lead.js'
import { stepItems } from './instructions.js'
import { usePairingContext } from './pairing-context.js'
import { passkeyLead } from './passkey-texts.js'
import { RichText } from './rich-text.js'

/**
 * The instructions in the states without a code. Before a number is typed, they are the first step, and the way to the place where
 * WhatsApp takes the code follows. After a failure, they say what to do before they say the cause.
 */
export function Lead(): ReactElement {
  const { pairing, messages, appFace, part } = usePairingContext()
  const isOwnPhone = useOwnPhone()
  const { session } = pairing
  const cause = session.status === 'failed' && messages.errors[session.error.code].cause
  const number = 'account' in session && session.account?.phoneNumber
  const expected = session.status === 'confirming-number' && session.expectedPhoneNumber
  const values = {
    app: appFace,
    phone: (
      <bdi dir="ltr" translate="no">
        {number && groupDigits(number)}
      </bdi>
    ),
    expected: (
      <bdi dir="ltr" translate="no">
        {expected}
      </bdi>
    ),
  }
  const lead = (
    <p {...part('lead')}>
      <RichText
        text={passkeyLead(pairing, messages) ?? sessionLead(session, messages, isOwnPhone)}
        values={values}
      />
    </p>
  )
  if (session.status === 'awaiting-number' || session.status === 'requesting-code')
    return (
      // The last step is about the code, which is not there yet.
      <ol {...part('steps')}>
        <li {...part('step')}>{lead}</li>
        {stepItems(messages.stepsCode.slice(0, -1), part)}
      </ol>
    )
  return (
    <>
      {lead}
      {cause && (
        <p {...part('error-cause')}>
          <RichText text={cause} values={values} />
        </p>
      )}
    </>
  )
}
