'use client'

import type { ReactElement } from 'react'
import { groupDigits } from '../../core/group-digits.js'
import { Avatar } from '../parts/avatar.js'
import type { PairingStatusPartProps } from './status-parts.js'

/** The linked account: the picture, the name and the number, if the provider reports them. */
export function StatusAccount({ pairing, part }: PairingStatusPartProps): ReactElement {
  const { name, phoneNumber, avatarUrl } = pairing.link.account ?? {}
  return (
    <div {...part('link-account')}>
      <Avatar key={avatarUrl} src={avatarUrl} name={name} element={part('link-avatar')}>
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          width="20"
          height="20"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
        >
          <path d="M7 3h10v18H7zM11 18h2" />
        </svg>
      </Avatar>
      {name && (
        <bdi title={name} translate="no" {...part('link-name')}>
          {name}
        </bdi>
      )}
      {phoneNumber && (
        <bdi dir="ltr" translate="no" {...part('link-number')}>
          {groupDigits(phoneNumber)}
        </bdi>
      )}
    </div>
  )
}
