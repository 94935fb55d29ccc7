import { focusManager, QueryClient } from '@tanstack/react-query'
import { act, render } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type PairingSession, WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { listen } from '../browser/heard.js'
import { stillPairing } from '../browser/still-pairing.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { askForCode, press } from './user.js'

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
})

const provider = (lifetimeMs?: number) =>
  scriptedProvider({
    getQrCode: () => qr(Math.floor(Date.now() / (lifetimeMs ?? 60_000)), lifetimeMs && left(lifetimeMs)),
    requestPairingCode: () => ({ status: 'pairing-code', pairingCode: 'ABCD1234', expiresInMs: 160_000 }),
  })
const left = (lifetimeMs: number) => lifetimeMs - (Date.now() % lifetimeMs)

async function show(props: Partial<WhatsAppPairingProps> = {}) {
  vi.setSystemTime(Math.ceil(Date.now() / 600_000) * 600_000)
  const view = render(
    <WhatsAppPairing provider={provider(20_000)} queryClient={new QueryClient()} {...props} />,
  )
  const said = listen()
  await settle()
  await settle()
  return { ...view, said }
}

describe('the announcements of a pairing code', () => {
  it('come when it appears, at half and a quarter of its time, and when it expires', async () => {
    const { said } = await show({ defaultMethod: 'phone-code' })
    await askForCode()
    await advance(81_000)
    expect(document.body.textContent).toContain('80 seconds left')
    // An old number would be wrong.
    await advance(6_000)
    expect(document.body.textContent).not.toContain('seconds left')
    await advance(83_000)
    expect(said).toEqual([
      'Waiting for you to enter the code',
      '80 seconds left for this code',
      '40 seconds left for this code',
      'The code has expired. We didn’t see you enter it.',
    ])
  })

  it('stop while the page is hidden', async () => {
    const { said } = await show({ defaultMethod: 'phone-code' })
    await askForCode()
    await act(async () => focusManager.setFocused(false))
    await advance(100_000)
    expect(said.at(-1)).toBe('Waiting for you to enter the code')
    await act(async () => focusManager.setFocused(true))
    await advance(30_000)
    expect(said.at(-1)).toBe('40 seconds left for this code')
  })

  it('say “Copied” once for each copy', async () => {
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText: async () => {} } })
    try {
      const { said } = await show({ defaultMethod: 'phone-code' })
      await askForCode()
      await press('Copy code')
      await advance(5_000)
      await press('Copy code')
      await advance(5_000)
      expect(said.filter((text) => text === 'Copied')).toHaveLength(2)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('the announcements of QR codes', () => {
  const ofThreeCodes = [
    'Waiting for your scan · code 1 of 3',
    '10 seconds left for this code',
    '5 seconds left for this code',
    'Waiting for your scan · code 2 of 3',
    'Waiting for your scan · code 3 of 3',
    '10 seconds left for this code',
    '5 seconds left for this code',
    'The code has expired. We didn’t see a scan.',
  ]

  it('are one line for each code, and for the first and last also half and a quarter of the time', async () => {
    const { said } = await show()
    await advance(65_000)
    expect(said).toEqual(ofThreeCodes)
  })

  it('are the same if the network causes a gap between two codes', async () => {
    const distant = provider(20_000)
    const { said } = await show({
      provider: {
        ...distant,
        getQrCode: async (options) => {
          const answer = await distant.getQrCode(options)
          await new Promise((resolve) => setTimeout(resolve, 400))
          return answer
        },
      },
    })
    await advance(65_000)
    expect(said.filter((text) => text !== 'Getting your code…')).toEqual(ofThreeCodes)
  })

  it('include the time of each code if the user requests the codes', async () => {
    const { said } = await show({ refreshMode: 'manual' })
    await advance(25_000)
    await press('Show a new code')
    await advance(14_000)
    expect(said).toEqual([
      'Waiting for your scan · code 1 of 3',
      '10 seconds left for this code',
      '5 seconds left for this code',
      'The code has expired. We didn’t see a scan.',
      'Waiting for your scan · code 2 of 3',
      '8 seconds left for this code',
      '4 seconds left for this code',
    ])
  })
})

describe('every state', () => {
  const states = pairingStates()
  const sessions: readonly PairingSession[] = [
    ...Object.values(states.qr),
    ...Object.values(states['phone-code']),
  ]

  it.each(sessions)('$method $status has one text to announce and no assertive region', (session) => {
    render(<PairingCard pairing={stillPairing(session)} />)
    expect(document.querySelectorAll('[role="status"]')).toHaveLength(1)
    expect(document.querySelector('[role="status"]')?.textContent).not.toBe('')
    expect(document.querySelector('[role="alert"], [aria-live="assertive"]')).toBeNull()
  })
})

describe('the timers of the announcements', () => {
  it('stop when the component unmounts', async () => {
    const { unmount } = await show({ defaultMethod: 'phone-code' })
    await askForCode()
    await advance(1_000)
    const tell = vi.spyOn(focusManager, 'isFocused')
    unmount()
    await settle()
    tell.mockClear()
    await advance(200_000)
    expect(tell).not.toHaveBeenCalled()
  })
})
