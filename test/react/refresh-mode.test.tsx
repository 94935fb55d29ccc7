import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import {
  type PairingEvent,
  usePairingSession,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { pairingCode } from './show-pairing.js'
import { openTab, part, press, statusLine } from './user.js'

emulateTime()

/** Shows a provider that issues a new code every twenty seconds. */
function show(props: Partial<WhatsAppPairingProps> = {}) {
  const from = Date.now()
  const getQrCode = () =>
    qr(Math.floor((Date.now() - from) / 20_000), 20_000 - ((Date.now() - from) % 20_000))
  const provider = scriptedProvider({ getQrCode, requestPairingCode: () => pairingCode })
  const queryClient = new QueryClient()
  const element = (more: Partial<WhatsAppPairingProps> = {}) => (
    <WhatsAppPairing {...{ provider, queryClient }} refreshMode="manual" {...props} {...more} />
  )
  const view = render(element())
  const again = (more: Partial<WhatsAppPairingProps>) => view.rerender(element(more))
  return { ...view, provider, queryClient, again }
}

const isOffered = () => screen.queryByRole('button', { name: 'Show a new code' }) !== null

describe('refreshMode manual', () => {
  it('shows each next code only after a press, and offers Retry with a new round after three', async () => {
    const { provider } = show()
    for (const number of [1, 2, 3]) {
      await advance(1_500)
      expect(statusLine()).toContain(`${number} of 3`)
      await advance(20_000)
      expect(part('qr-code')).toBeNull()
      const { length } = provider.calls
      await advance(600_000)
      expect(provider.calls).toHaveLength(length)
      expect(isOffered()).toBe(number < 3)
      if (number === 3) break
      screen.getByRole('button', { name: 'Show a new code' }).focus()
      await press('Show a new code')
      expect(document.activeElement).toBe(part('panel'))
    }
    await press('Retry')
    await advance(1_500)
    expect(statusLine()).toContain('1 of 3')
  })

  it('offers the phone number too, and its button is still there on return', async () => {
    show()
    await advance(21_500)
    expect(screen.getByRole('button', { name: 'Use your phone number instead' })).toBeTruthy()
    await openTab('Phone number')
    await advance(5_000)
    await openTab('QR code')
    expect(isOffered()).toBe(true)
  })

  it.each(['auto', undefined] as const)('can be turned off with %s and on again at any time', async (off) => {
    const { again } = show()
    await advance(21_500)
    expect(isOffered()).toBe(true)
    again({ refreshMode: off })
    await advance(1_500)
    expect(statusLine()).toContain('2 of 3')
    again({ refreshMode: 'manual' })
    await advance(20_000)
    expect(isOffered()).toBe(true)
  })

  it('is not changed by another component with the same session and without the prop', async () => {
    const { provider, queryClient } = show()
    function Badge() {
      return <p>{usePairingSession({ provider, queryClient }).session.status}</p>
    }
    render(<Badge />)
    await advance(51_500)
    expect(isOffered()).toBe(true)
  })

  it('does not end an attempt: the next code has the same id in events', async () => {
    const events: PairingEvent[] = []
    const { unmount } = show({ onEvent: (event) => events.push(event) })
    await advance(21_500)
    await press('Show a new code')
    await advance(22_000)
    unmount()
    await settle()
    expect(events.map(({ type, number }) => [type, number])).toEqual([
      ['started', undefined],
      ['shown', 1],
      ['refreshed', 2],
      ['gave-up', undefined],
    ])
    expect(new Set(events.map(({ attemptId }) => attemptId)).size).toBe(1)
  })
})

// The first provider pushes its codes, and the second returns the next code only on a request.
it.each(['green-api', 'evolution-api'] as const)(
  'refreshMode manual at %s links with the second code, which the user requested',
  async (id) => {
    const setup = createSetup(id, { linkingMs: 500 })
    setup.show({ refreshMode: 'manual' })
    await advance(3_000)
    expect(statusLine()).toContain('1 of 3')
    await advance(65_000)
    expect(shownStatus()).toBe('expired')
    await press('Show a new code')
    await advance(6_000)
    expect(statusLine()).toContain('2 of 3')
    await doing(() => void setup.emulator.scan())
    await advance(15_000)
    expect(shownStatus()).toBe('linked')
  },
)
