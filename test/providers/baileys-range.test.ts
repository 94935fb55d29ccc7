import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../eventually.js'
import { link, openSetup, pairingCodeOf, type Setup, textOf, watch } from './baileys-setup.js'

// The other tests of the adapter use the newest version of Baileys; these load the oldest versions of the peer range. The mock
// server keeps the newest version, so that it does not share the protocol of the version under test.
const oldest = {
  '6.7.21': () => import('baileys-first-6'),
  '7.0.0-rc.9': () => import('baileys-first-7'),
} as const

describe.each(['6.7.21', '7.0.0-rc.9'] as const)('baileys %s', (version) => {
  let setup: Setup
  const makeWASocket = vi.fn()

  beforeEach(async () => {
    vi.resetModules()
    vi.doMock('baileys', async () => {
      const module = await oldest[version]()
      return { ...module, makeWASocket: makeWASocket.mockImplementation(module.makeWASocket) }
    })
    const { baileys } = await import('../../src/providers/baileys.js')
    setup = await openSetup({ waitsForKeys: true }, baileys)
  })

  afterEach(async () => {
    await setup.end()
    vi.doUnmock('baileys')
    // Only the version under test has created the sockets.
    expect(makeWASocket).toHaveBeenCalled()
    makeWASocket.mockReset()
  })

  it('links by QR code, keeps the link after a restart of the process, and unlinks', async () => {
    const provider = setup.provider()
    const watched = await link(setup, provider)
    expect(watched.statuses).toEqual(['stopped', 'unlinked', 'qr', 'linking', 'linked'])
    await provider.close()
    const next = setup.provider()
    await expect(watch(next).until('linked')).resolves.toMatchObject({
      account: { phoneNumber: setup.phoneNumber },
    })
    await next.unlink({})
    expect(setup.server.phone.devices).toHaveLength(0)
    await expect(next.getStatus({})).resolves.toEqual({ status: 'unlinked' })
  })

  it('links by pairing code, and detects that the phone logs it out', async () => {
    const provider = setup.provider()
    const watched = watch(provider, 'phone-code')
    const code = await pairingCodeOf(setup, provider)
    await expect(setup.server.phone.typeCode(code)).resolves.toEqual({ ok: true })
    await watched.until('linked')
    expect(setup.server.phone.logOut()).toEqual({ ok: true })
    await watched.until('unlinked')
    await provider.reset({})
    textOf(await watch(provider).until('qr'))
  })

  it('detects that WhatsApp requires a passkey', async () => {
    const provider = setup.provider()
    const watched = watch(provider)
    setup.server.phone.wantsPasskey = true
    await provider.reset({})
    await setup.server.phone.scan(textOf(await watched.until('qr')))
    await watched.until('passkey-required')
    expect(await setup.server.phone.passPasskey()).toEqual({ ok: true })
    await watched.until('linked')
  })

  it('reconnects after a lost connection', async () => {
    const provider = setup.provider()
    await link(setup, provider)
    const back = once(setup.server.events, 'login')
    setup.server.drop()
    await back
    await expect(provider.getStatus({})).resolves.toMatchObject({ status: 'linked' })
  })

  it('closes a connection that is not open yet without an uncaught error', async () => {
    const provider = setup.provider()
    const reset = provider.reset({})
    await vi.waitFor(() => expect(makeWASocket).toHaveBeenCalled(), { ...eventually, interval: 1 })
    await provider.close()
    await Promise.allSettled([reset])
    expect(setup.server.phone.devices).toHaveLength(0)
  })
})
