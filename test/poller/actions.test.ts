import { describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import type { PairingProvider, PairingSnapshot } from '../../src/core/provider.js'
import { gate } from '../providers/fetch-stub.js'
import { createSetup, expectRefusal, shownIn, stepsIn, updateOf } from '../server/setup.js'
import { spyProvider, timing } from '../server/spy-provider.js'
import { advance, emulateTime, START, settle } from '../time.js'

const code = (phoneNumber = '5511987654321') => ({ action: 'request-pairing-code', phoneNumber })

emulateTime()

const linked: PairingSnapshot = { status: 'linked', account: { phoneNumber: '5511987654321' } }

it('the poller starts the lifetime of a pairing code at its request, not at a late response', async () => {
  const setup = createSetup({
    requestPairingCode: async () => {
      await new Promise((resolve) => setTimeout(resolve, 12_000))
      return { status: 'pairing-code', pairingCode: 'ABCD1234', expiresInMs: 150_000 }
    },
  })
  const response = setup.post(code())
  await advance(12_000)
  expect((await updateOf(response)).pairingCode?.expiresInMs).toBe(138_000)
})

describe('the revision of an update', () => {
  it.each([
    ['reset', { action: 'reset' }, 'reset'],
    ['unlink', { action: 'unlink' }, 'disconnected'],
    ['request-pairing-code', code(), 'code-replaced'],
  ])('contains the time and the reason of the change after %s', async (_, body, reason) => {
    const setup = createSetup()
    await advance(1_234)
    expect(await updateOf(setup.post(body))).toMatchObject({ revision: START + 1_234, reason })
    expect(await updateOf(setup.get())).toMatchObject({ revision: START + 1_234, reason })
  })

  it('increases with each change, even within one millisecond or after the clock was set back', async () => {
    const setup = createSetup()
    const first = await updateOf(setup.post({ action: 'reset' }))
    const second = await updateOf(setup.post({ action: 'unlink' }))
    vi.setSystemTime(START - 60_000)
    const third = await updateOf(setup.post(code()))
    expect([first, second, third].map(({ revision }) => revision)).toEqual([START, START + 1, START + 2])
  })

  it('increases if the provider fails, because the provider may have changed something', async () => {
    const setup = createSetup({ reset: () => Promise.reject(new PairingError('timeout', '')) })
    await expectRefusal(await setup.post({ action: 'reset' }), 'timeout')
    expect(await updateOf(setup.get())).toMatchObject({ revision: START })
  })

  it('is absent before the first change of this process, and after an action that the handler refuses', async () => {
    const setup = createSetup()
    await expectRefusal(await setup.post(code('12')), 'invalid-phone-number')
    const update = await updateOf(setup.get())
    expect(update).not.toHaveProperty('revision')
    expect(update).not.toHaveProperty('reason')
  })
})

describe('a change', () => {
  /** A phone is linked and pages show it. The link ends while a read is pending. */
  async function unlinkedDuringRead() {
    let respond: () => Promise<PairingSnapshot> = async () => linked
    const setup = createSetup({ getStatus: () => respond(), getQrCode: () => respond() })
    const tab = await setup.watch()
    await advance(timing.qrMinIntervalMs)
    const late = gate()
    respond = async () => {
      await late.opened
      return linked
    }
    const read = updateOf(setup.get())
    await settle()
    respond = async () => ({ status: 'unlinked' })
    const before = tab.events.length
    expect(await updateOf(setup.post({ action: 'unlink' }))).toMatchObject({ reason: 'disconnected' })
    await settle()
    return { setup, read, respond: late.open, shown: () => shownIn(tab).slice(before) }
  }

  it('discards an older response instead of sending it to pages that watch', async () => {
    const { respond, shown } = await unlinkedDuringRead()
    respond()
    await settle()
    expect(shown()).not.toContain('linked')
    expect(shown().at(-1)).toBe('unlinked')
  })

  it('makes a pending read wait for a response from after the change', async () => {
    const { read, respond } = await unlinkedDuringRead()
    respond()
    expect((await read).status).toBe('unlinked')
  })

  it('makes a later read send a new request instead of sharing an older one', async () => {
    const { setup, read, respond } = await unlinkedDuringRead()
    expect((await updateOf(setup.get())).status).toBe('unlinked')
    respond()
    await read
  })

  it.each<readonly [string, Partial<PairingProvider>, number]>([
    ['succeeds', {}, 200],
    ['fails', { reset: () => Promise.reject(new PairingError('timeout', '')) }, 504],
  ])('that %s polls the state immediately', async (_, methods, status) => {
    const setup = createSetup({ ...methods, getQrCode: async () => linked, getStatus: async () => linked })
    await setup.watch()
    setup.calls.length = 0
    expect((await setup.post({ action: 'reset' })).status).toBe(status)
    await settle()
    expect(setup.calls).toEqual(['reset', 'getQrCode'])
  })

  it('keeps the backoff after failures', async () => {
    const setup = createSetup({
      getQrCode: () => Promise.reject(new PairingError('rate-limited', '', { retryAfterMs: 20_000 })),
    })
    await setup.watch()
    await setup.post({ action: 'reset' })
    await advance(19_999)
    expect(setup.calls).toEqual(['getQrCode', 'reset'])
  })

  it('is aborted at the provider when the client leaves', async () => {
    let given: AbortSignal | undefined
    const setup = createSetup({
      reset: ({ signal }) => {
        given = signal
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('left'))))
      },
    })
    const client = new AbortController()
    const request = new Request('https://host.example/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"reset"}',
      signal: client.signal,
    })
    const answer = setup.handler(request)
    await settle()
    client.abort()
    await expectRefusal(await answer, 'aborted')
    expect(given?.aborted).toBe(true)
  })

  it('removes the older QR code', async () => {
    const setup = createSetup({ getStatus: async () => ({ status: 'preparing' }) })
    await setup.get('?want=code')
    expect((await updateOf(setup.post({ action: 'reset' }))).status).toBe('preparing')
  })
})

describe('a pairing code', () => {
  it('is in the updates of all pages with the last digits of its number', async () => {
    const setup = createSetup()
    const tab = await setup.watch('&method=phone-code')
    await setup.post(code())
    await settle()
    const pairingCode = { value: 'ABCD1234', lastDigits: '4321', expiresInMs: timing.pairingCodeLifetimeMs }
    expect(tab.events.at(-1)?.data).toMatchObject({ pairingCode })
    expect((await updateOf(setup.get())).pairingCode).toEqual(pairingCode)
    expect(tab.text).not.toContain('5511987654321')
  })

  it('is absent from updates after it expires', async () => {
    const setup = createSetup()
    await setup.post(code())
    await advance(timing.pairingCodeLifetimeMs - 1)
    expect((await updateOf(setup.get())).pairingCode?.expiresInMs).toBe(1)
    await advance(1)
    expect(await updateOf(setup.get())).not.toHaveProperty('pairingCode')
  })

  it.each([['reset'], ['unlink']])('is absent from updates after %s', async (action) => {
    const setup = createSetup()
    await setup.post(code())
    expect(await updateOf(setup.post({ action }))).not.toHaveProperty('pairingCode')
    expect(await updateOf(setup.get())).not.toHaveProperty('pairingCode')
  })

  it('is replaced by a later one', async () => {
    const codes = ['ABCD1234', 'EFGH5678']
    const setup = createSetup({
      requestPairingCode: async () => ({ status: 'pairing-code', pairingCode: codes.shift() ?? '' }),
    })
    await setup.post(code())
    const { revision: before = 0 } = await updateOf(setup.get())
    await advance(1_000)
    const after = await updateOf(setup.post(code('447700900123')))
    expect(after).toMatchObject({
      reason: 'code-replaced',
      pairingCode: { value: 'EFGH5678', lastDigits: '0123' },
    })
    expect(after.revision).toBeGreaterThan(before)
  })
})

describe('start', () => {
  /** A session that is stopped until it is reset. It then takes some time to start. */
  function sleeping(wakesAfterMs = 5_000) {
    let startedAt = Number.POSITIVE_INFINITY
    const read = async (): Promise<PairingSnapshot> => ({
      status: Date.now() >= startedAt + wakesAfterMs ? 'unlinked' : 'stopped',
    })
    return createSetup({
      getStatus: read,
      getQrCode: read,
      reset: async () => {
        startedAt = Math.min(startedAt, Date.now())
      },
    })
  }
  const starts = ({ calls }: { readonly calls: readonly string[] }) =>
    calls.filter((one) => one === 'reset').length

  it('starts a stopped session', async () => {
    const setup = sleeping(0)
    expect((await updateOf(setup.get())).status).toBe('stopped')
    const { status, reason } = await updateOf(setup.post({ action: 'start' }))
    expect(status).toBe('preparing')
    expect(reason).toBeUndefined()
    expect(starts(setup)).toBe(1)
    expect((await updateOf(setup.get())).status).toBe('unlinked')
  })

  it.each<PairingSnapshot>([
    { status: 'unlinked' },
    { status: 'preparing' },
    { status: 'linking' },
    { status: 'stale' },
    linked,
  ])('sends no start to the provider while the state is $status', async (snapshot) => {
    const setup = createSetup({ getStatus: async () => snapshot, getQrCode: async () => snapshot })
    const update = await updateOf(setup.post({ action: 'start' }))
    expect(update.status).toBe(snapshot.status)
    expect(update).not.toHaveProperty('revision')
    expect(setup.calls).not.toContain('reset')
  })

  it('is sent to the provider again after 30 seconds and not before, if the session is still stopped', async () => {
    const setup = sleeping(120_000)
    await setup.post({ action: 'start' })
    await advance(29_999)
    await setup.post({ action: 'start' })
    expect(starts(setup)).toBe(1)
    await advance(1)
    await setup.post({ action: 'start' })
    expect(starts(setup)).toBe(2)
  })

  it('is sent once to the provider if 20 pages start simultaneously', async () => {
    const setup = sleeping()
    await Promise.all(Array.from({ length: 20 }, () => setup.post({ action: 'start' })))
    expect(starts(setup)).toBe(1)
  })

  it('is refused with 403 if allowStart is false, and the provider is not called', async () => {
    const setup = createSetup({ getQrCode: async () => ({ status: 'stopped' }) }, { allowStart: false })
    await expectRefusal(await setup.post({ action: 'start' }), 'forbidden')
    expect(setup.calls).toEqual([])
    // A reset by the user is not a start.
    expect((await setup.post({ action: 'reset' })).status).toBe(200)
  })

  it('is never sent because of a read or a stream', async () => {
    const setup = sleeping()
    const tab = await setup.watch()
    for (let count = 0; count < 20; count += 1) {
      await setup.get('?want=code')
      await advance(1_000)
    }
    expect(stepsIn(tab)).toEqual(['stopped'])
    expect(starts(setup)).toBe(0)
  })

  it('returns the current state if the provider has no reset()', async () => {
    const { reset: _, ...provider } = spyProvider({ getQrCode: async () => ({ status: 'stopped' }) })
    const setup = createSetup({}, { provider })
    await setup.get('?want=code')
    expect((await updateOf(setup.post({ action: 'start' }))).status).toBe('stopped')
  })
})

describe('a provider whose reads start a pairing', () => {
  const starter = () => createSetup({ startsOnRead: true })

  it('gets no code request before a page starts the pairing', async () => {
    const setup = starter()
    await updateOf(setup.get('?want=code'))
    await advance(10_000)
    expect(await updateOf(setup.get('?want=code'))).toMatchObject({ status: 'stopped' })
    expect(setup.calls).not.toContain('getQrCode')
  })

  it('gets one code request after a start, for any number of pages that start', async () => {
    const setup = starter()
    await updateOf(setup.get('?want=code'))
    const [first] = await Promise.all([
      updateOf(setup.post({ action: 'start' })),
      updateOf(setup.post({ action: 'start' })),
    ])
    expect(first).toMatchObject({ status: 'qr' })
    await updateOf(setup.post({ action: 'start' }))
    expect(setup.calls.filter((call) => call === 'getQrCode')).toHaveLength(1)
  })

  it('is never started if allowStart is false', async () => {
    const provider = spyProvider({ startsOnRead: true })
    const setup = createSetup({}, { provider, allowStart: false })
    await expectRefusal(await setup.post({ action: 'start' }), 'forbidden')
    await updateOf(setup.get('?want=code'))
    expect(provider.calls).not.toContain('getQrCode')
  })

  it('keeps its memory if the app creates a new provider object', async () => {
    const seen: unknown[] = []
    const provider = () =>
      spyProvider({
        getStatus: async ({ memory = {} }) => {
          seen.push(memory.count)
          memory.count = Number(memory.count ?? 0) + 1
          return { status: 'unlinked' }
        },
      })
    const setup = createSetup({}, { provider })
    for (let read = 0; read < 3; read += 1) {
      await updateOf(setup.get('?want=state'))
      await advance(5_000)
    }
    expect(seen).toEqual([undefined, 1, 2])
  })
})
