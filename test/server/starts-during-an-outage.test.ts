import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingBus } from '../../src/core/pairing-bus.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { memoryBus } from './memory-bus.js'
import { createSetup, expectRefusal, type Setup, type SetupOptions, silence, updateOf } from './setup.js'

// While replicas cannot reach their bus, no replica can see what another has started.

emulateTime()
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** A session at a provider that all replicas call. It is asleep until a start. */
function sleepingSession({ wakesAfterMs = 0, startsOnRead = false } = {}) {
  const starts: number[] = []
  const isAwake = (): boolean => starts[0] !== undefined && Date.now() >= starts[0] + wakesAfterMs
  const qr: PairingSnapshot = { status: 'qr', qrCode: { kind: 'text', value: '2@a,noise,identity,adv,1' } }
  const methods: Partial<PairingProvider> = {
    startsOnRead,
    getStatus: async () => ({ status: isAwake() || startsOnRead ? 'unlinked' : 'stopped' }),
    async getQrCode() {
      if (startsOnRead) starts.push(Date.now())
      return isAwake() ? qr : { status: 'stopped' }
    },
    reset: async () => void starts.push(Date.now()),
  }
  return { starts, methods }
}

/** A call that gets no response until `end` is called. */
interface Stall {
  readonly reply: Promise<undefined>
  readonly end: () => void
}

function stall(): Stall {
  let end = (): void => {}
  const reply = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined)
  })
  return { reply, end }
}

const failures: Readonly<Record<string, (stalled: Stall) => Promise<undefined>>> = {
  'says that it does not know': async () => undefined,
  'stands still': ({ reply }) => reply,
  rejects: () => Promise.reject(new Error('down')),
  throws: () => {
    throw new Error('down')
  },
}

/** A bus that fails in the given way until `end` is called. */
function failingBus(how: string) {
  const bus = memoryBus()
  const stalled = stall()
  let isAway = true
  const fail = (): Promise<undefined> => (failures[how] ?? silence)(stalled)
  const failing: PairingBus = {
    publish: (...message) => (isAway ? fail() : bus.publish(...message)),
    subscribe: bus.subscribe,
    take: (...key) => (isAway ? fail() : bus.take(...key)),
    last: (channel) => (isAway ? fail() : bus.last(channel)),
  }
  const end = (): void => {
    isAway = false
    stalled.end()
  }
  return { bus: failing, end }
}

const replicasOn = (
  methods: Partial<PairingProvider>,
  options: SetupOptions = {},
): readonly [Setup, Setup] => [createSetup(methods, options), createSetup(methods, options)]

/** Sends each replica a start, as its page does. Resolves when all have responded. */
async function startOnAll(replicas: readonly Setup[]): Promise<readonly Response[]> {
  const sent = replicas.map((replica) => replica.post({ action: 'start' }))
  await advance(3_000)
  return Promise.all(sent)
}

describe.each([
  ['a reset starts', false],
  ['a read starts', true],
])('if %s a pairing and the bus does not respond', (_, startsOnRead) => {
  it.each(Object.keys(failures))(
    'because it %s, two replicas refuse a start, and one starts afterwards',
    async (how) => {
      const { starts, methods } = sleepingSession({ startsOnRead })
      const { bus, end } = failingBus(how)
      const replicas = replicasOn(methods, { bus })
      for (let attempt = 0; attempt < 3; attempt += 1)
        for (const answer of await startOnAll(replicas))
          await expectRefusal(answer, 'provider-unavailable', { retryAfterMs: 5_000 })
      // The pages of a sleeping session keep reading.
      for (const replica of replicas)
        expect((await updateOf(replica.get('?want=code'))).status).toBe('stopped')
      expect(starts).toEqual([])
      end()
      for (let attempt = 0; attempt < 3; attempt += 1)
        for (const answer of await startOnAll(replicas)) expect(answer.status).toBe(200)
      expect(starts).toHaveLength(1)
    },
  )

  it.each(Object.keys(failures))('because it %s for longer than 30 seconds, a start is sent', async (how) => {
    const { starts, methods } = sleepingSession({ startsOnRead })
    const replicas = replicasOn(methods, { bus: failingBus(how).bus })
    const begunAt = Date.now()
    let attempts = 0
    while (starts.length === 0 && attempts < 20) {
      await startOnAll([replicas[attempts % 2] ?? replicas[0]])
      attempts += 1
    }
    expect(starts[0]).toBeGreaterThanOrEqual(begunAt + 30_000)
    expect(starts[0]).toBeLessThanOrEqual(begunAt + 37_000)
  })
})

describe('a start while the bus does not respond', () => {
  it('is not sent again after 30 seconds by a replica that reads the session as awake', async () => {
    const { starts, methods } = sleepingSession()
    const replicas = replicasOn(methods, { bus: failingBus('rejects').bus })
    for (let attempt = 0; attempt < 15; attempt += 1)
      for (const replica of replicas) {
        void replica.post({ action: 'start' })
        await advance(1_500)
      }
    expect(Date.now() - (starts[0] ?? 0)).toBeGreaterThan(10_000)
    expect(starts).toHaveLength(1)
  })

  it('waits 30 seconds from the first refusal in this outage', async () => {
    const { starts, methods } = sleepingSession()
    const setup = createSetup(methods, { bus: failingBus('rejects').bus })
    await setup.post({ action: 'start' })
    // No request was sent for that long, so the bus may have been back.
    await advance(45_000)
    await expectRefusal(await setup.post({ action: 'start' }), 'provider-unavailable', {
      retryAfterMs: 5_000,
    })
    expect(starts).toEqual([])
  })

  it('is not repeated by the process that has already sent it, and the page is not refused', async () => {
    const { starts, methods } = sleepingSession({ wakesAfterMs: 20_000 })
    const { bus, end } = failingBus('rejects')
    const setup = createSetup(methods, { bus })
    end()
    expect((await setup.post({ action: 'start' })).status).toBe(200)
    expect((await setup.post({ action: 'start' })).status).toBe(200)
    expect(starts).toHaveLength(1)
  })

  it.each([
    ['reset', { action: 'reset' }],
    ['unlink', { action: 'unlink' }],
    ['request-pairing-code', { action: 'request-pairing-code', phoneNumber: '5511987654321' }],
  ])('does not delay an action of the user: %s', async (_, body) => {
    const { methods } = sleepingSession()
    const replicas = replicasOn(methods, { bus: failingBus('rejects').bus })
    for (const replica of replicas) expect((await replica.post(body)).status).toBe(200)
  })

  it.each<[string, PairingBus | undefined]>([
    ['no bus', undefined],
    ['a bus without take()', { publish: () => {}, subscribe: () => () => {} }],
  ])('is decided by each process with %s', async (_, bus) => {
    const { starts, methods } = sleepingSession({ wakesAfterMs: 10_000 })
    await startOnAll(replicasOn(methods, { bus }))
    expect(starts).toHaveLength(2)
  })

  it.each(['provider-unavailable', 'timeout', 'rate-limited'] as const)(
    'is not sent on the basis of an older read if the request for the state fails with %s',
    async (code) => {
      const { starts, methods } = sleepingSession()
      let isFailing = false
      const failing = async (): Promise<PairingSnapshot> => {
        if (isFailing) throw new PairingError(code, 'failed')
        return { status: 'stopped' }
      }
      const setup = createSetup({ ...methods, getStatus: failing, getQrCode: failing }, { bus: memoryBus() })
      await setup.get('?want=code')
      isFailing = true
      await expectRefusal(await setup.post({ action: 'start' }), code)
      expect(starts).toEqual([])
      isFailing = false
      await advance(60_000)
      expect((await setup.post({ action: 'start' })).status).toBe(200)
      expect(starts).toHaveLength(1)
    },
  )

  it('is refused with bus-failed for the operator, and the action with its own code', async () => {
    const onEvent = vi.fn()
    const { methods } = sleepingSession()
    await createSetup(methods, { bus: failingBus('rejects').bus, onEvent }).post({ action: 'start' })
    const events = onEvent.mock.calls.map(([{ type, code }]) => (code ? `${type} ${code}` : type))
    expect(events).toContain('bus-failed')
    expect(events).toContain('action provider-unavailable')
    expect(events).toContain('refused provider-unavailable')
  })
})

it('if a read starts a pairing, no replica fetches the next code for 30 seconds while the bus does not respond', async () => {
  const { starts, methods } = sleepingSession({ startsOnRead: true })
  const bus = memoryBus()
  let isAway = false
  const failing: PairingBus = {
    ...bus,
    take: async (...key) => (isAway ? undefined : bus.take(...key)),
    last: async (channel) => (isAway ? undefined : bus.last(channel)),
  }
  const replicas = replicasOn(methods, { bus: failing })
  const tabs = await Promise.all(replicas.map((replica) => replica.watch()))
  await startOnAll(replicas)
  const begun = starts.length
  isAway = true
  const awayAt = Date.now()
  await advance(120_000)
  expect(starts[begun]).toBeGreaterThanOrEqual(awayAt + 30_000)
  for (const tab of tabs) tab.leave()
  await settle()
})
