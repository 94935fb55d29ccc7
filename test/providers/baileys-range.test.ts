import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { link, openWorld, pairingCodeOf, textOf, type World, watch } from './baileys-world.js'

// The other tests of the adapter use the newest version of Baileys; these load the oldest versions of the peer range. The mock
// server keeps the newest version, so that it does not share the protocol of the version under test.
const oldest = {
  '6.7.21': () => import('baileys-first-6'),
  '7.0.0-rc.9': () => import('baileys-first-7'),
} as const

const LATENCY_MS = 50

describe.each(['6.7.21', '7.0.0-rc.9'] as const)('baileys %s', (version) => {
  let world: World
  const makeWASocket = vi.fn()

  beforeEach(async () => {
    vi.resetModules()
    vi.doMock('baileys', async () => {
      const module = await oldest[version]()
      return { ...module, makeWASocket: makeWASocket.mockImplementation(module.makeWASocket) }
    })
    const { baileys } = await import('../../src/providers/baileys.js')
    world = await openWorld({ latencyMs: LATENCY_MS }, baileys)
  })

  afterEach(async () => {
    await world.end()
    vi.doUnmock('baileys')
    // Only the version under test has created the sockets.
    expect(makeWASocket).toHaveBeenCalled()
    makeWASocket.mockReset()
  })

  it('links by QR code, keeps the link after a restart of the process, and unlinks', async () => {
    const provider = world.provider()
    const watched = await link(world, provider)
    expect(watched.statuses).toEqual(['stopped', 'unlinked', 'qr', 'linking', 'linked'])
    await provider.close()
    const next = world.provider()
    await expect(watch(next).until('linked')).resolves.toMatchObject({
      account: { phoneNumber: world.phoneNumber },
    })
    await next.unlink({})
    expect(world.server.phone.devices).toHaveLength(0)
    await expect(next.getStatus({})).resolves.toEqual({ status: 'unlinked' })
  })

  it('links by pairing code, and detects that the phone logs it out', async () => {
    const provider = world.provider()
    const watched = watch(provider, 'phone-code')
    const code = await pairingCodeOf(world, provider)
    await expect(world.server.phone.typeCode(code)).resolves.toEqual({ ok: true })
    await watched.until('linked')
    expect(world.server.phone.logOut()).toEqual({ ok: true })
    await watched.until('unlinked')
    await provider.reset({})
    textOf(await watch(provider).until('qr'))
  })

  it('detects that WhatsApp requires a passkey', async () => {
    const provider = world.provider()
    const watched = watch(provider)
    world.server.phone.wantsPasskey = true
    await provider.reset({})
    await world.server.phone.scan(textOf(await watched.until('qr')))
    await watched.until('passkey-required')
    expect(await world.server.phone.passPasskey()).toEqual({ ok: true })
    await watched.until('linked')
  })

  it('reconnects after a lost connection', async () => {
    const provider = world.provider()
    await link(world, provider)
    const back = once(world.server.events, 'login')
    world.server.drop()
    await back
    await expect(provider.getStatus({})).resolves.toMatchObject({ status: 'linked' })
  })

  it('closes a connection that is not open yet without an uncaught error', async () => {
    const provider = world.provider()
    const reset = provider.reset({})
    await vi.waitFor(() => expect(makeWASocket).toHaveBeenCalled(), { interval: 1 })
    await provider.close()
    await Promise.allSettled([reset])
    expect(world.server.phone.devices).toHaveLength(0)
  })
})
