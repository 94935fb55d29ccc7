import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingSnapshot } from '../../src/core/provider.js'
import {
  type BaileysRemote,
  createBaileysRemote,
  type RemoteCall,
} from '../../src/providers/lib/baileys-remote.js'
import { rejection } from './fetch-stub.js'

const remotes: BaileysRemote[] = []

afterEach(() => {
  for (const remote of remotes.splice(0)) remote.close()
})

/** An in-process bus that behaves like a broker: it delivers later, and to the sender too. */
function createBus(onMessage: (message: string) => string | undefined = (message) => message) {
  const listeners = new Set<(channel: string, message: string) => void>()
  return {
    publish(channel: string, text: string) {
      const message = onMessage(text)
      if (message === undefined) return
      queueMicrotask(() => {
        for (const listener of listeners) listener(channel, message)
      })
    },
    subscribe(channel: string, listener: (message: string) => void) {
      const take = (other: string, message: string): void => {
        if (other === channel) listener(message)
      }
      listeners.add(take)
      return () => void listeners.delete(take)
    },
  }
}

const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }

function pair(
  bus: ReturnType<typeof createBus>,
  run: (call: RemoteCall) => Promise<PairingSnapshot | undefined>,
) {
  const end = (isHolder: boolean) => {
    const remote = createBaileysRemote({ bus, sessionId: 'link', isHolder: () => isHolder, run })
    remotes.push(remote)
    return remote
  }
  end(true)
  return end(false)
}

describe('calls to the process that owns the folder', () => {
  it.each([
    { name: 'status' },
    { name: 'qrCode' },
    { name: 'requestPairingCode', phoneNumber: normalizePhoneNumber('+55 11 98765 4321') },
  ] as const)('$name resolves with its snapshot', async (call) => {
    const run = vi.fn(async () => linked)
    await expect(pair(createBus(), run).call(call, 500)).resolves.toEqual({ snapshot: linked })
    expect(run.mock.calls).toEqual([[call]])
  })

  it.each(['reset', 'unlink'] as const)('%s resolves without a snapshot', async (name) => {
    const remote = pair(createBus(), async () => undefined)
    await expect(remote.call({ name }, 500)).resolves.toEqual({ snapshot: undefined })
  })

  it('reject with the code of its error, without its message', async () => {
    const remote = pair(createBus(), async () => {
      throw new PairingError('rate-limited', 'Secret.', { retryAfterMs: 7_000 })
    })
    const error = await rejection(remote.call({ name: 'status' }, 500))
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 7_000 })
    expect(error.message).not.toContain('Secret')
  })

  it('stay separate if two are sent at the same moment', async () => {
    const remote = pair(createBus(), async ({ name }) => ({
      status: name === 'status' ? 'unlinked' : 'stopped',
    }))
    const [one, two] = await Promise.all([
      remote.call({ name: 'status' }, 500),
      remote.call({ name: 'qrCode' }, 500),
    ])
    expect([one?.snapshot?.status, two?.snapshot?.status]).toEqual(['unlinked', 'stopped'])
  })

  it('resolve with undefined if no process responds', async () => {
    const bus = createBus()
    const remote = createBaileysRemote({ bus, sessionId: 'link', isHolder: () => false, run: vi.fn() })
    remotes.push(remote)
    await expect(remote.call({ name: 'status' }, 20)).resolves.toBeUndefined()
  })

  it.each([
    ['an old message', (text: string) => text.replace(/"sentAt":\d+/, `"sentAt":${Date.now() - 60_000}`)],
    [
      'a message from the future',
      (text: string) => text.replace(/"sentAt":\d+/, `"sentAt":${Date.now() + 60_000}`),
    ],
    ['a message without a time', (text: string) => text.replace(/,"sentAt":\d+/, '')],
    ['an unknown call', (text: string) => text.replace('"unlink"', '"close"')],
    ['half a message', (text: string) => text.slice(0, 40)],
    ['nothing', () => undefined],
  ])('have no effect if the bus delivers %s', async (_, change) => {
    const run = vi.fn(async () => undefined)
    await expect(pair(createBus(change), run).call({ name: 'unlink' }, 20)).resolves.toBeUndefined()
    expect(run).not.toHaveBeenCalled()
  })

  it('do not request a code for an invalid number', async () => {
    const run = vi.fn(async () => linked)
    const bus = createBus((text) => text.replace('5511987654321', '11 98765'))
    const call = { name: 'requestPairingCode', phoneNumber: normalizePhoneNumber('5511987654321') } as const
    await expect(pair(bus, run).call(call, 20)).resolves.toBeUndefined()
    expect(run).not.toHaveBeenCalled()
  })

  it('reject with invalid-answer if the response is not a snapshot', async () => {
    const bus = createBus((text) => text.replace('"status":"linked"', '"status":"nonsense"'))
    const error = await rejection(pair(bus, async () => linked).call({ name: 'status' }, 500))
    expect(error.code).toBe('invalid-answer')
  })
})
