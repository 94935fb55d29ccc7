import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { type PairingParts, WhatsAppPairing } from '../../src/index.js'
import { usePairingContext } from '../../src/parts.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { part } from './user.js'

function show(parts: PairingParts) {
  const provider = scriptedProvider({ getQrCode: () => qr('a') })
  return render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} parts={parts} />)
}

const shown = () => screen.findByRole('img', { name: 'QR code to scan with WhatsApp' })

it('what is said of the time a code has left may be left to the host', async () => {
  function Announcement() {
    return <p>{`Told by the host: ${usePairingContext().pairing.session.status}`}</p>
  }
  show({ Announcement })
  await shown()
  expect(screen.getByText('Told by the host: awaiting-scan')).toBeTruthy()
  expect(part('announcement')).toBeNull()
})

it('what is said of the time a code has left may be left out', async () => {
  show({ Announcement: null })
  await shown()
  expect(part('announcement')).toBeNull()
})
