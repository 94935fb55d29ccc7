import type { ReactElement } from 'react'
import type { PairingIconName } from './part.js'

/** Icons that nothing shows before the first code. */
export type LaterIconName = Extract<PairingIconName, 'copy' | 'check' | 'phone' | 'warning' | 'key'>

export const laterIcons: Readonly<Record<LaterIconName, ReactElement>> = {
  copy: (
    <>
      <rect x="9" y="9" width="11" height="11" rx="2" />
      <path d="M5 15V5.5A1.5 1.5 0 0 1 6.5 4H15" />
    </>
  ),
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  phone: (
    <>
      <rect x="7" y="3" width="10" height="18" rx="2" />
      <path d="M11 18h2" />
    </>
  ),
  warning: <path d="M12 4 2.5 20h19L12 4Zm0 6v4.5M12 17.5h.01" />,
  key: (
    <>
      <circle cx="7.5" cy="15.5" r="4" />
      <path d="m10.5 12.5 9-9M16 7l3 3M13 10l2 2" />
    </>
  ),
}
