'use client'

import { groupDigits } from '../../core/group-digits.js'
import { formatMessage } from '../../core/messages.js'
import { Avatar } from './avatar.js'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** The linked account, with the details that the provider reports, and `syncProgress` of {@link PairingSession} below 100. */
export const PairingAccount: PartComponent<'div'> = forwardPart(function PairingAccount(props, ref) {
  const { pairing, messages, part } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'linked' && session.status !== 'confirming-number') return null
  const { name, phoneNumber, avatarUrl } = session.account
  const { syncProgress: percent = 100 } = session.status === 'linked' ? session : {}
  return (
    <div {...props} ref={ref} {...part('account', props.className)}>
      <span {...part('account-badge')}>
        <Avatar key={avatarUrl} src={avatarUrl} name={name} element={part('account-avatar')}>
          <Icon name="phone" size={36} />
        </Avatar>
        {session.status === 'linked' && (
          <span {...part('account-check')}>
            <Icon name="check" />
          </span>
        )}
      </span>
      {name && (
        <strong dir="auto" title={name} translate="no" {...part('account-name')}>
          {name}
        </strong>
      )}
      {phoneNumber && (
        <bdi dir="ltr" translate="no" {...part('account-number')}>
          {groupDigits(phoneNumber)}
        </bdi>
      )}
      {percent < 100 && messages.syncing && (
        <p {...part('account-sync')}>{formatMessage(messages.syncing, { percent })}</p>
      )}
    </div>
  )
})
