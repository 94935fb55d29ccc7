'use client'

import { type ReactElement, useState } from 'react'
import { forwardPart, type PartComponent } from './forward-part.js'
import { Icon } from './icon.js'
import { usePairingContext } from './pairing-context.js'

/** Who was linked, as far as the provider tells. */
export const PairingAccount: PartComponent<'div'> = forwardPart(function PairingAccount(props, ref) {
  const { pairing, part } = usePairingContext()
  const { session } = pairing
  if (session.status !== 'linked' && session.status !== 'confirming-number') return null
  const { name, phoneNumber, avatarUrl } = session.account
  return (
    <div {...props} ref={ref} {...part('account', props.className)}>
      <span {...part('account-badge')}>
        <Avatar key={avatarUrl} src={avatarUrl} name={name} />
        {session.status === 'linked' && (
          <span {...part('account-check')}>
            <Icon name="check" />
          </span>
        )}
      </span>
      {name && <strong {...part('account-name')}>{name}</strong>}
      {phoneNumber && (
        <bdi dir="ltr" {...part('account-number')}>
          {`+${phoneNumber}`}
        </bdi>
      )}
    </div>
  )
})

function Avatar({ src, name }: { src: string | undefined; name: string | undefined }): ReactElement {
  const { part } = usePairingContext()
  // Addresses of pictures expire, and some networks block them.
  const [isBroken, setBroken] = useState(false)
  if (src && !isBroken) {
    return (
      <img
        {...part('account-avatar')}
        src={src}
        alt=""
        referrerPolicy="no-referrer"
        onError={() => setBroken(true)}
      />
    )
  }
  return (
    <span {...part('account-avatar')} aria-hidden="true">
      {initials(name) || <Icon name="phone" size={36} />}
    </span>
  )
}

function initials(name: string | undefined): string {
  const words = name?.match(/\p{L}[\p{L}\p{M}]*/gu) ?? []
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('')
    .toUpperCase()
}
