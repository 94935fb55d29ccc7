'use client'

import { type ReactElement, type ReactNode, useState } from 'react'

interface AvatarProps {
  readonly src: string | undefined
  readonly name: string | undefined
  /** The name of the element, for styles. */
  readonly element: { readonly 'data-part': string; readonly className: string | undefined }
  /** Shown for an account without a name, instead of initials. */
  readonly children: ReactNode
}

/** The profile picture, or initials if there is none or it does not load. Use the picture's address as `key`. */
export function Avatar({ src, name, element, children }: AvatarProps): ReactElement {
  // Addresses of pictures expire, and some networks block them.
  const [hasFailed, setBroken] = useState(false)
  if (src && !hasFailed) {
    return <img {...element} src={src} alt="" referrerPolicy="no-referrer" onError={() => setBroken(true)} />
  }
  return (
    <span translate="no" {...element} aria-hidden="true">
      {initials(name) || children}
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
