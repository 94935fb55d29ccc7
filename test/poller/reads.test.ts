import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { gate } from '../providers/fetch-stub.js'
import { spyProvider, timing } from '../server/spy-provider.js'
import { createWorld, expectRefusal, silence, type Tab, type World } from '../server/world.js'

/** A channel that nobody uses is kept for this long, since a page asks first and watches then. */
const SECRET = 'd75b3a66374942c5b3c0'
const IDLE_MS = 5_000

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const pass = (durationMs: number) => vi.advanceTimersByTimeAsync(durationMs)

const jsonOf = async (answer: Promise<Response>): Promise<unknown> => (await answer).json()

/** Rejects as adapters do, as soon as nobody waits any more. */
function untilAborted({ signal }: { readonly signal?: AbortSignal | undefined }): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new PairingError('aborted', 'Given up.')))
  })
}

const statusesIn = ({ events }: Tab): unknown[] => events.map(({ data }) => data.status)

describe('questions at the same time', () => {
  it.each([
    ['status', 'getStatus'],
    ['qr-code', 'getQrCode'],
  ])('about the %s are one to the provider, and everybody gets its answer', async (question, call) => {
    const asked = gate()
    const late = async (): Promise<PairingSnapshot> => {
      await asked.opened
      return { status: 'linking' }
    }
    const world = createWorld({ getStatus: late, getQrCode: late })
    const answers = Array.from({ length: 20 }, () => jsonOf(world.get(`?want=${question}`)))
    await pass(0)
    asked.open()
    expect(await Promise.all(answers)).toEqual(Array(20).fill(expect.objectContaining({ status: 'linking' })))
    expect(world.calls).toEqual([call])
  })

  it('about different things are different ones', async () => {
    const world = createWorld()
    await Promise.all([world.get('?want=state'), world.get('?want=code')])
    expect(world.calls.toSorted()).toEqual(['getQrCode', 'getStatus'])
  })

  it('fail for everybody', async () => {
    const world = createWorld({ getStatus: () => Promise.reject(new PairingError('network', '')) })
    const answers = await Promise.all([world.get(), world.get()])
    for (const answer of answers) await expectRefusal(answer, 'network')
    expect(world.calls).toEqual(['getStatus'])
  })

  it('are given up when the last who waits has left, and not before', async () => {
    let given: AbortSignal | undefined
    const world = createWorld({
      getStatus: ({ signal }) => {
        given = signal
        return untilAborted({ signal })
      },
    })
    const [first, second] = [new AbortController(), new AbortController()]
    const answers = [first, second].map(({ signal }) => world.get('?want=state', { signal }))
    await pass(0)
    first.abort()
    await pass(0)
    expect(given?.aborted).toBe(false)
    second.abort()
    await pass(0)
    expect(given?.aborted).toBe(true)
    for (const answer of answers) await expectRefusal(await answer, 'aborted')
  })

  it('that were given up are not joined by whoever comes next', async () => {
    let isHanging = true
    const world = createWorld({
      getStatus: () => (isHanging ? silence() : Promise.resolve({ status: 'linking' })),
    })
    const client = new AbortController()
    const left = world.get('?want=state', { signal: client.signal })
    await pass(0)
    client.abort()
    await expectRefusal(await left, 'aborted')
    isHanging = false
    expect(await jsonOf(world.get())).toMatchObject({ status: 'linking' })
    expect(world.calls).toEqual(['getStatus', 'getStatus'])
  })

  it('that hang are waited for once by all pages that watch, however many come', async () => {
    const listeners = vi.spyOn(AbortSignal.prototype, 'addEventListener')
    const world = createWorld({ getQrCode: silence })
    for (let page = 0; page < 20; page += 1) await world.watch()
    await pass(10_000)
    const perSignal = new Map<unknown, number>()
    for (const signal of listeners.mock.contexts) perSignal.set(signal, (perSignal.get(signal) ?? 0) + 1)
    listeners.mockRestore()
    expect(world.calls).toEqual(['getQrCode'])
    expect(Math.max(...perSignal.values())).toBeLessThan(10)
  })

  it('are joined by the pages that watch', async () => {
    const world = createWorld()
    await Promise.all([world.get('?want=code'), world.watch(), world.watch()])
    expect(world.calls).toEqual(['getQrCode'])
  })
})

describe('a question after an answer', () => {
  it('is put to the provider again', async () => {
    const world = createWorld()
    await world.get()
    await world.get()
    expect(world.calls).toEqual(['getStatus', 'getStatus'])
  })

  it('is not put to it by a page that asks first and watches then', async () => {
    const world = createWorld()
    await world.get('?want=code')
    const tab = await world.watch()
    expect(statusesIn(tab)).toEqual(['qr'])
    expect(world.calls).toEqual(['getQrCode'])
  })
})

describe('a change', () => {
  const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }

  /** A phone is linked, pages know it, and a question about it is on its way when the link is ended. */
  async function unlinkedWhileAsking() {
    let answers: () => Promise<PairingSnapshot> = async () => linked
    const world = createWorld({ getStatus: () => answers(), getQrCode: () => answers() })
    const tab = await world.watch()
    const late = gate()
    answers = async () => {
      await late.opened
      return linked
    }
    const asked = jsonOf(world.get())
    await pass(0)
    answers = async () => ({ status: 'unlinked' })
    const heard = tab.events.length
    expect((await world.post({ action: 'unlink' })).status).toBe(200)
    await pass(0)
    return {
      world,
      asked,
      answer: late.open,
      heard: () => statusesIn(tab).slice(heard),
    }
  }

  it('makes pages forget what was asked before it: a link that is gone is not told of again', async () => {
    const { answer, heard } = await unlinkedWhileAsking()
    answer()
    await pass(0)
    expect(heard()).toEqual(['unlinked'])
  })

  it('leaves the one who asked before it with their answer', async () => {
    const { asked, answer } = await unlinkedWhileAsking()
    answer()
    expect(await asked).toMatchObject({ status: 'linked' })
  })

  it('is not answered by a question from before it', async () => {
    const { world, asked, answer } = await unlinkedWhileAsking()
    expect(await jsonOf(world.get())).toMatchObject({ status: 'unlinked' })
    answer()
    await asked
  })

  it.each<readonly [string, Partial<PairingProvider>, number]>([
    ['is done', {}, 204],
    ['fails', { reset: () => Promise.reject(new PairingError('timeout', '')) }, 504],
  ])('has the state asked at once where it %s', async (_, methods, status) => {
    const world = createWorld({ ...methods, getQrCode: async () => linked, getStatus: async () => linked })
    await world.watch()
    world.calls.length = 0
    expect((await world.post({ action: 'reset' })).status).toBe(status)
    await pass(0)
    expect(world.calls).toEqual(['reset', 'getQrCode'])
  })

  it('does not end the pause after failures', async () => {
    const world = createWorld({
      getQrCode: () => Promise.reject(new PairingError('rate-limited', '', { retryAfterMs: 20_000 })),
    })
    await world.watch()
    await world.post({ action: 'reset' })
    await pass(19_999)
    expect(world.calls).toEqual(['getQrCode', 'reset'])
  })

  it('is given up when the client goes away', async () => {
    let given: AbortSignal | undefined
    const world = createWorld({
      reset: ({ signal }) => {
        given = signal
        return untilAborted({ signal })
      },
    })
    const client = new AbortController()
    const request = new Request('https://host.example/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"reset"}',
      signal: client.signal,
    })
    const answer = world.handler(request)
    await pass(0)
    client.abort()
    await expectRefusal(await answer, 'aborted')
    expect(given?.aborted).toBe(true)
  })
})

describe('what a provider of the host says', () => {
  it('loses what is no part of a snapshot, in a stream too', async () => {
    const secret = 'd75b3a66374942c5b3c019c698abc2067e15'
    const tab = await createWorld({
      getQrCode: async () => {
        const answer = {
          status: 'linked' as const,
          account: { name: 'Ana', apiKey: secret },
          raw: { token: secret },
        }
        return answer
      },
    }).watch()
    expect(tab.events.map(({ data }) => data.account)).toEqual([{ name: 'Ana' }])
    expect(tab.text).not.toContain(secret)
  })

  it.each([
    [
      'an image at an address of the provider',
      { status: 'qr', qrCode: { kind: 'image', src: 'https://api.example/qr' } },
    ],
    ['a status that is none', { status: 'booting' }],
    ['nothing', undefined],
  ])('is a problem, and no event, where it is %s', async (_, snapshot) => {
    const tab = await createWorld({ getQrCode: async () => snapshot as never }).watch()
    expect(tab.events.map(({ name, data }) => [name, data.code])).toEqual([['problem', 'invalid-answer']])
  })

  it('does not end the questions where it calls them aborted, and nobody has', async () => {
    let isBroken = true
    const world = createWorld({
      getQrCode: async () => {
        if (isBroken) throw new PairingError('aborted', '')
        return { status: 'preparing' }
      },
    })
    const tab = await world.watch()
    isBroken = false
    await pass(10_000)
    expect(statusesIn(tab)).toContain('preparing')
  })
})

describe('a session that nobody asks for or watches any more', () => {
  /** Differs from channel to channel: whether the one before was kept shows in the ids of its events. */
  async function channelOf(world: World): Promise<string | undefined> {
    const tab = await world.watch()
    tab.leave()
    await pass(0)
    return tab.events.find(({ id }) => id)?.id?.replace(/-\d+$/, '')
  }

  it('is kept for a moment', async () => {
    const world = createWorld()
    const before = await channelOf(world)
    await pass(IDLE_MS - 1)
    expect(await channelOf(world)).toBe(before)
  })

  it('is forgotten after it, and leaves no timer', async () => {
    const world = createWorld()
    const before = await channelOf(world)
    await pass(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(await channelOf(world)).not.toBe(before)
  })

  it('is kept as long as one watches', async () => {
    const world = createWorld()
    const before = await channelOf(world)
    await world.watch()
    await pass(10 * IDLE_MS)
    expect(await channelOf(world)).toBe(before)
  })

  const ways: readonly (readonly [string, (world: World, signal: AbortSignal) => Promise<unknown>])[] = [
    ['a page that watches', (world, signal) => world.get('?events', { signal })],
    ['a client that asks', (world, signal) => world.get('?want=code', { signal })],
    [
      'a client that was gone before it asked',
      (world) => world.get('?want=state', { signal: AbortSignal.abort() }),
    ],
  ]

  it.each(ways)('is forgotten also after %s left in the middle of a question', async (_, ask) => {
    let isHanging = false
    const world = createWorld({
      getStatus: (options) => (isHanging ? untilAborted(options) : Promise.resolve({ status: 'unlinked' })),
      getQrCode: (options) =>
        isHanging
          ? untilAborted(options)
          : Promise.resolve({ status: 'qr', qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' } }),
    })
    const before = await channelOf(world)
    isHanging = true
    const client = new AbortController()
    const answered = ask(world, client.signal)
    await pass(timing.qrIntervalMs)
    client.abort()
    await answered
    await pass(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    isHanging = false
    expect(await channelOf(world)).not.toBe(before)
  })

  it('is forgotten also where the provider ignores that nobody waits', async () => {
    let isHanging = false
    const world = createWorld({
      getQrCode: () =>
        isHanging
          ? silence()
          : Promise.resolve({ status: 'qr', qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' } }),
    })
    const before = await channelOf(world)
    isHanging = true
    const client = new AbortController()
    const answer = world.get('?want=code', { signal: client.signal })
    await pass(0)
    client.abort()
    await answer
    await pass(2 * timing.requestTimeoutMs + IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    isHanging = false
    expect(await channelOf(world)).not.toBe(before)
  })

  it.each<readonly [string, (world: World) => Promise<Response>]>([
    ['a change', (world) => world.post({ action: 'reset' })],
    ['a webhook', (world) => world.webhook({}, { query: `?secret=${SECRET}` })],
  ])('is forgotten after %s', async (_, happen) => {
    const world = createWorld({ readWebhook: () => ({ status: 'linking' }) }, { webhookSecret: SECRET })
    const before = await channelOf(world)
    await pass(IDLE_MS - 1)
    expect((await happen(world)).ok).toBe(true)
    await pass(IDLE_MS)
    expect(vi.getTimerCount()).toBe(0)
    expect(await channelOf(world)).not.toBe(before)
  })
})

describe('which session it is', () => {
  const statusOf = (provider: PairingProvider, status: 'linking' | 'preparing'): PairingProvider => ({
    ...provider,
    getStatus: async () => ({ status }),
    getQrCode: async () => ({ status }),
  })

  it.each([
    ['the provider', { id: 'a', sessionId: 'main' }, { id: 'b', sessionId: 'main' }],
    ['the session', { sessionId: 'main' }, { sessionId: 'Main' }],
    ['where one ends and the other begins', { id: 'a', sessionId: 'b-c' }, { id: 'a-b', sessionId: 'c' }],
    ['a mark of JSON', { id: 'a', sessionId: 'b' }, { id: 'a","b', sessionId: '' }],
    ['half a character', { sessionId: '\ud83d' }, { sessionId: '\ud83c' }],
  ])('is told apart by %s', async (_, first, second) => {
    const [one, other] = [statusOf(spyProvider(first), 'linking'), statusOf(spyProvider(second), 'preparing')]
    const world = createWorld(
      {},
      { provider: (request) => (new URL(request.url).searchParams.has('other') ? other : one) },
    )
    const tabs = await Promise.all([world.watch(), world.watch('&other')])
    expect(tabs.map(statusesIn)).toEqual([['linking'], ['preparing']])
    const asked = await Promise.all([jsonOf(world.get()), jsonOf(world.get('?want=state&other'))])
    expect(asked).toMatchObject([{ status: 'linking' }, { status: 'preparing' }])
  })

  /** A handler whose function makes a provider for each request, as hosts with tenants do. */
  const anew = (tenant: (request: Request) => string) => {
    const made: ReturnType<typeof spyProvider>[] = []
    const provider = () => {
      const one = spyProvider()
      made.push(one)
      return one
    }
    return { world: createWorld({}, { provider, tenant }), calls: () => made.map(({ calls }) => calls) }
  }

  it('is the same for provider objects made anew for one tenant, and the newest of them is asked', async () => {
    const { world, calls } = anew(() => 'acme')
    await world.watch()
    await world.watch()
    await pass(timing.statusIntervalMs)
    expect(calls()).toEqual([['getQrCode'], ['getStatus']])
  })

  it('is another one for each tenant, whatever instance they name', async () => {
    const tenants = ['acme', 'umbrella']
    const { world, calls } = anew(() => tenants.shift() ?? '')
    await world.watch()
    await world.watch()
    await pass(timing.statusIntervalMs)
    expect(calls()).toEqual([
      ['getQrCode', 'getStatus'],
      ['getQrCode', 'getStatus'],
    ])
  })
})
