import { PairingCard } from 'whatsapp-pairing/parts'
import { states, stillPairing } from '../sessions.js'

/**
 * The class prefix that the documentation requires for each version and stylesheet: none, or the mark for
 * `!important`.
 */
const classes = {
  plain: {
    title: 'mt-8 rounded-none text-4xl uppercase',
    button: 'rounded-none bg-red-600 p-8',
    root: 'mx-auto max-w-lg',
  },
  'tailwind-3': {
    title: '!mt-8 !rounded-none !text-4xl !uppercase',
    button: '!rounded-none !bg-red-600 !p-8',
    root: 'mx-auto max-w-lg',
  },
  'tailwind-4': {
    title: 'mt-8! rounded-none! text-4xl! uppercase!',
    button: 'rounded-none! bg-red-600! p-8!',
    root: 'mx-auto! max-w-lg!',
  },
}

export function Page({ params }) {
  const { title, button, root } = classes[params.get('classes')]
  return (
    <PairingCard
      pairing={stillPairing(states['qr expired'])}
      className={root}
      classNames={{ title, 'retry-button': button }}
      appName="Acme Inbox"
      theme="light"
    />
  )
}
