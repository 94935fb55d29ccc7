import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { type PairingSnapshot, WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { codeRequests, pairingCode } from './show-pairing.js'
import { askForCode, errorCode, heading, part, press, shownCode, statusLine } from './user.js'

emulateTime()

/** A provider with leftovers of an earlier link until a reset. */
function leftovers() {
  const state = { isStale: true }
  const or = (snapshot: PairingSnapshot) => (): PairingSnapshot =>
    state.isStale ? { status: 'stale' } : snapshot
  const provider = scriptedProvider({
    getQrCode: () => or(qr(reset.mock.calls.length))(),
    getStatus: () => ({ status: 'unlinked' }),
    requestPairingCode: or(pairingCode),
  })
  const reset = vi.fn(async (_: object): Promise<void> => {
    state.isStale = false
  })
  return Object.assign(state, { reset, calls: provider.calls, provider: { ...provider, reset } })
}

const element = (props: Pick<WhatsAppPairingProps, 'provider'> & Partial<WhatsAppPairingProps>) => (
  <WhatsAppPairing queryClient={new QueryClient()} mode="relink" {...props} />
)

describe('mode relink', () => {
  it('clears the leftovers at GREEN-API without a confirmation, and links', async () => {
    const setup = createSetup('green-api')
    setup.emulator.leaveStaleAuth()
    const seen = new Set<string>()
    setup.show({ mode: 'relink' })
    await advance(8_000, () => void seen.add(shownStatus() ?? ''))
    expect([...seen].filter((status) => status !== 'preparing')).toEqual(['awaiting-scan'])
    expect(setup.mockServer.requests.filter(({ path }) => path === '/logout')).toHaveLength(1)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })

  it.each(providerIds)('does not end an existing link: %s', async (id) => {
    const setup = createSetup(id)
    const first = setup.show()
    await advance(3_000)
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    first.unmount()
    const before = setup.mockServer.requests.length
    setup.show({ mode: 'relink', queryClient: new QueryClient() })
    await advance(30_000)
    expect(shownStatus()).toBe('linked')
    expect(setup.emulator.state.status).toBe('linked')
    const after = setup.mockServer.requests.slice(before).map(({ path }) => path)
    expect(after.filter((path) => /logout|reboot|restart|disconnect|start$/.test(path))).toEqual([])
  })

  it('changes the heading while the old link is cleared, and while a code is shown', async () => {
    let finish = (): void => {}
    const one = leftovers()
    one.reset.mockImplementation(async () => {
      await new Promise<void>((resolve) => (finish = resolve))
      one.isStale = false
    })
    render(element({ provider: one.provider }))
    await advance(20_000)
    expect(heading()).toBe('Link your WhatsApp again')
    expect(statusLine()).toBe('Clearing the old connection…')
    await doing(() => finish())
    await advance(1_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(heading()).toBe('Link your WhatsApp again')
  })

  it('is off by default, and then clearing needs a confirmation by the user', async () => {
    const one = leftovers()
    render(element({ provider: one.provider, mode: undefined }))
    await advance(30_000)
    expect(errorCode()).toBe('session-stale')
    expect(one.reset).not.toHaveBeenCalled()
  })

  it('clears once per round: after that the error is shown, and Start over clears again', async () => {
    const one = leftovers()
    one.reset.mockImplementation(async () => {})
    render(element({ provider: one.provider }))
    await advance(60_000)
    expect(one.reset).toHaveBeenCalledTimes(1)
    expect(errorCode()).toBe('session-stale')
    one.reset.mockImplementation(async () => {
      one.isStale = false
    })
    await press('Start over')
    await advance(3_000)
    expect(one.reset).toHaveBeenCalledTimes(2)
    expect(shownStatus()).toBe('awaiting-scan')
  })

  it('requests the pairing code again after clearing, without an error at the number', async () => {
    const one = leftovers()
    render(element({ provider: one.provider, defaultMethod: 'phone-code' }))
    await settle()
    await askForCode()
    const errors = new Set<string>()
    await advance(4_000, () => void errors.add(part('error')?.textContent ?? ''))
    expect(shownCode()).toBe('ABCD-1234')
    expect([...errors]).toEqual([''])
    expect(one.reset).toHaveBeenCalledTimes(1)
    expect(codeRequests(one)).toBe(2)
  })

  it('can be turned on after the session has begun', async () => {
    const one = leftovers()
    const queryClient = new QueryClient()
    one.isStale = false
    const { rerender } = render(element({ provider: one.provider, queryClient, mode: undefined }))
    await advance(1_000)
    rerender(element({ provider: one.provider, queryClient }))
    one.isStale = true
    await advance(10_000)
    expect(one.reset).toHaveBeenCalledTimes(1)
    expect(shownStatus()).toBe('awaiting-scan')
  })
})
