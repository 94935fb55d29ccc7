'use client'

import type { ReactElement } from 'react'
import { groupDigits } from '../../core/group-digits.js'
import { useOwnPhone } from '../session/use-own-phone.js'
import { sessionLead } from '../session-lead.js'
import { usePairingContext } from './pairing-context.js'
import { passkeyLead } from './passkey-texts.js'
import { RichText } from './rich-text.js'

/** The text of the instructions if there are no steps. After a failure, it says what to do before it says the cause. */
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
  return (
    <>
      <p {...part('lead')}>
        <RichText
          text={passkeyLead(pairing, messages) ?? sessionLead(session, messages, isOwnPhone)}
          values={values}
        />
      </p>
      {cause && (
        <p {...part('error-cause')}>
          <RichText text={cause} values={values} />
        </p>
      )}
    </>
  )
}
