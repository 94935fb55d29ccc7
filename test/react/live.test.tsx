import { focusManager, onlineManager, QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, describe, expect, it } from 'vitest'
import type { PairingProvider, PairingSnapshot } from '../../src/index.js'
import { emulatedSecrets, type ProviderId } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { createSetup, doing, roundMs, type Setup, shownStatus } from './setup.js'
import { showPairing } from './show-pairing.js'
import { openTab, part, press, shownCode } from './user.js'

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
  onlineManager.setOnline(true)
})

/** The webhooks of the emulated providers when the link is finished. */
const linkedWebhooks: Readonly<Record<ProviderId, object>> = {
  'green-api': greenApiWebhook('authorized'),
  'z-api': {
    type: 'ConnectedCallback',
    connected: true,
    momment: 1_580_163_342_000,
    instanceId: '3C0FFEE0EMULATED',
    phone: '5511987654321',
  },
  wasend: {
    event: 'session.status',
    session: 'emulated',
    me: { id: '5511987654321@c.us', pushName: 'Ana Souza' },
    payload: { status: 'WORKING' },
  },
  'evolution-api': {
    event: 'connection.update',
    instance: 'emulated',
    data: { instance: 'emulated', state: 'open', wuid: '5511987654321@s.whatsapp.net', statusReason: 200 },
    apikey: emulatedSecrets.instanceToken,
  },
  waha: {
    event: 'session.status',
    session: 'default',
    me: { id: '5511987654321@c.us', pushName: 'Ana Souza' },
    payload: { name: 'default', status: 'WORKING' },
  },
}

function greenApiWebhook(stateInstance: string): object {
  return {
    typeWebhook: 'stateInstanceChanged',
    instanceData: { idInstance: 1101000001, wid: '5511987654321@c.us', typeInstance: 'whatsapp' },
    timestamp: 1_586_700_690,
    stateInstance,
  }
}

/** The adapters of GREEN-API and Z-API send one request a second, so a read after a webhook may have to wait. */
const READ_WITHIN_MS = 2_500

/** Sends a webhook, after which the server reads the state. */
async function receive(setup: Setup, webhook: object): Promise<void> {
  const now = { timestamp: Date.now(), momment: Date.now() }
  const { ok } = await setup.server.webhook({ ...webhook, ...now })
  expect(ok).toBe(true)
  await advance(READ_WITHIN_MS)
}

const isWatched = ({ server }: Setup) => [server.openStreams, server.watchers]
/** A text that identifies the shown code. */
const shownQr = () => part('qr-code')?.innerHTML
const streamsOf = ({ server }: Setup) => server.requests.filter((wish) => wish === 'events').length

describe('a scan', () => {
  it.each(['z-api', 'wasend', 'evolution-api', 'waha'] as const)(
    'at %s is shown after its webhook, with no request of the page',
    async (id) => {
      const setup = createSetup(id, { linkingMs: 250 })
      setup.show()
      await advance(6_250)
      await doing(() => void setup.emulator.scan())
      await advance(250)
      const upstream = setup.mockServer.requests.length
      const before = setup.server.requests.length
      expect(shownStatus()).toBe('awaiting-scan')
      await receive(setup, linkedWebhooks[id])
      expect(shownStatus()).toBe('linked')
      expect(screen.getByText('+55 11 98765 4321')).toBeTruthy()
      expect(setup.server.requests.length).toBe(before)
      expect(setup.mockServer.requests.length - upstream).toBeGreaterThan(0)
    },
  )

  it('at GREEN-API changes nothing when a webhook reports a restart of the instance', async () => {
    const setup = createSetup('green-api', { linkingMs: 10_000 })
    setup.show()
    await advance(6_250)
    await doing(() => void setup.emulator.scan())
    expect(shownStatus()).toBe('awaiting-scan')
    await receive(setup, greenApiWebhook('starting'))
    expect(shownStatus()).toBe('awaiting-scan')
    await advance(7_500)
    await receive(setup, greenApiWebhook('authorized'))
    expect(shownStatus()).toBe('linked')
  })

  it('at GREEN-API is shown when its socket reports the linked account, without a webhook', async () => {
    const setup = createSetup('green-api', { linkingMs: 250 })
    setup.show()
    await advance(6_250)
    const upstream = setup.mockServer.requests.length
    await doing(() => void setup.emulator.scan())
    await advance(500)
    expect(shownStatus()).toBe('linked')
    expect(setup.mockServer.requests.length).toBe(upstream)
  })
})

describe('the stream of a page', () => {
  it('is open while a code is shown, and replaces polling', async () => {
    const setup = createSetup('wasend')
    setup.show()
    await advance(30_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(isWatched(setup)).toEqual([1, 1])
    expect(setup.server.requests).toEqual(['code', 'events'])
  })

  it.each([
    ['two copies', (setup: Setup) => [setup.element(), setup.element()]],
    ['StrictMode', (setup: Setup) => [<StrictMode key="strict">{setup.element()}</StrictMode>]],
    [
      'two copies under StrictMode',
      (setup: Setup) => [
        <StrictMode key="strict">
          {setup.element()}
          {setup.element()}
        </StrictMode>,
      ],
    ],
  ])('is a single one for %s', async (_, elements) => {
    const setup = createSetup('wasend')
    const children = elements(setup)
    const { unmount } = render(
      <>
        {children[0]}
        {children[1]}
      </>,
    )
    await advance(20_000)
    expect(isWatched(setup)).toEqual([1, 1])
    expect(streamsOf(setup)).toBe(1)
    unmount()
    await settle()
    expect(isWatched(setup)).toEqual([0, 0])
  })

  it('stays open when the first of two copies unmounts', async () => {
    const setup = createSetup('wasend')
    const first = setup.show()
    setup.show()
    await advance(2_000)
    first.unmount()
    await advance(10_000)
    expect(isWatched(setup)).toEqual([1, 1])
    expect(streamsOf(setup)).toBe(1)
  })

  it('is not opened if the component unmounts immediately', async () => {
    const setup = createSetup('wasend')
    setup.show().unmount()
    await advance(10_000)
    expect(streamsOf(setup)).toBe(0)
    expect(setup.mockServer.requests).toHaveLength(0)
  })

  it.each<readonly [string, (isThere: boolean) => void]>([
    ['hidden', (isThere) => focusManager.setFocused(isThere)],
    ['offline', (isThere) => onlineManager.setOnline(isThere)],
  ])(
    'is closed while the page is %s, and on return it is opened again with the current code',
    async (_, set) => {
      const setup = createSetup('wasend')
      setup.show()
      await advance(10_000)
      const before = shownQr()
      await doing(() => set(false))
      await settle()
      expect(isWatched(setup)).toEqual([0, 0])
      const upstream = setup.mockServer.requests.length
      await advance(65_000)
      expect(setup.mockServer.requests.length).toBe(upstream)
      expect(shownQr()).toBeUndefined()
      await doing(() => set(true))
      await advance(250)
      expect(isWatched(setup)).toEqual([1, 1])
      expect(shownStatus()).toBe('awaiting-scan')
      expect(shownQr()).not.toBe(before)
    },
  )

  // The table of wantedStream() has the states in which a page needs a stream.
  it('ends when the codes have expired, and is opened again on Retry', async () => {
    const setup = createSetup('green-api')
    setup.show()
    await advance(roundMs('green-api') + 5_000)
    expect(shownStatus()).toBe('expired')
    expect(isWatched(setup)).toEqual([0, 0])
    const before = [setup.mockServer.requests.length, setup.server.requests.length]
    await advance(600_000)
    expect([setup.mockServer.requests.length, setup.server.requests.length]).toEqual(before)
    await press('Retry')
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
    expect(isWatched(setup)).toEqual([1, 1])
  })
})

describe('the phone tab', () => {
  const qrRequests = (setup: Setup) =>
    setup.mockServer.requests.filter(({ path }) => path.startsWith('/qr')).length

  it.each(['green-api', 'z-api'] as const)('stops all requests for QR codes at %s', async (id) => {
    const setup = createSetup(id)
    setup.show()
    await advance(6_000)
    const before = qrRequests(setup)
    expect(before).toBeGreaterThan(0)
    await openTab('Phone number')
    await advance(120_000)
    expect(qrRequests(setup)).toBe(before)
  })

  it.each(['green-api', 'z-api'] as const)(
    'makes the server poll only the state of %s after a pairing code was issued',
    async (id) => {
      const setup = createSetup(id, { linkingMs: 250 })
      setup.show({ defaultMethod: 'phone-code', defaultPhoneNumber: '+55 11 98765-4321' })
      await advance(1_000)
      await press('Get code')
      await advance(30_000)
      expect(shownStatus()).toBe('awaiting-code')
      expect(isWatched(setup)).toEqual([1, 1])
      expect(qrRequests(setup)).toBe(0)
      await doing(() => void setup.emulator.typeCode(shownCode() ?? ''))
      await advance(250)
      await receive(setup, linkedWebhooks[id])
      expect(shownStatus()).toBe('linked')
    },
  )
})

// The first provider pushes to the server, and the server polls the second.
it.each(['green-api', 'z-api'] as const)(
  'three pages that open one after the other cost %s at most one more request for each page',
  async (id) => {
    const [one, three] = [createSetup(id), createSetup(id)]
    one.show()
    await advance(59_900)
    for (const pauseMs of [6_300, 7_400, 59_900 - 6_300 - 7_400]) {
      three.show({ queryClient: new QueryClient() })
      await advance(pauseMs)
    }
    expect(three.mockServer.requests.length).toBeLessThanOrEqual(one.mockServer.requests.length + 2)
  },
)

describe('a custom provider that pushes', () => {
  type Subscribe = NonNullable<PairingProvider['subscribe']>
  type Pushing = Parameters<Subscribe>

  /** A provider that pushes nothing by default. The test counts its requests. */
  function pushing(begin: (listener: Pushing[0], options: Pushing[1]) => void = () => {}) {
    const scripted = scriptedProvider({ getQrCode: () => qr('a') }, `pushing-${Math.random()}`)
    const subscriptions: { listener: Pushing[0]; options: Pushing[1]; isOver: boolean }[] = []
    const subscribe: Subscribe = (listener, options) => {
      const subscription = { listener, options, isOver: false }
      subscriptions.push(subscription)
      begin(listener, options)
      return () => {
        subscription.isOver = true
      }
    }
    const { unmount } = showPairing({ ...scripted, subscribe })
    const push = (snapshot: PairingSnapshot) =>
      doing(() => {
        for (const { listener, isOver } of subscriptions) if (!isOver) listener(snapshot)
      })
    return { calls: scripted.calls, subscriptions, push, unmount }
  }

  it('is not polled while each update comes in the announced time', async () => {
    const { calls, push } = pushing()
    await advance(1_000)
    for (let count = 0; count < 6; count++) {
      await push({ ...qr('a'), nextInMs: 8_000, confirmInMs: 8_000 } as PairingSnapshot)
      await advance(8_500)
    }
    expect(shownStatus()).toBe('awaiting-scan')
    expect(calls).toHaveLength(1)
  })

  it('is notified of the end by the returned function and by the signal', async () => {
    const { subscriptions, unmount } = pushing()
    await advance(1_000)
    unmount()
    await settle()
    expect(subscriptions.map(({ isOver, options }) => [isOver, options.signal?.aborted])).toEqual([
      [true, true],
    ])
  })

  it('cannot change the page after the end', async () => {
    const { subscriptions, unmount } = pushing()
    await advance(1_000)
    const [subscription] = subscriptions
    unmount()
    await doing(() => {
      subscription?.listener({ status: 'linked', account: {} })
      subscription?.options.onError?.(new Error('late') as never)
      subscription?.options.onGap?.()
    })
    expect(shownStatus()).toBeUndefined()
  })

  it('can push during the call of subscribe(), even an update that ends the subscription', async () => {
    const { subscriptions } = pushing((listener) => listener({ status: 'stale' }))
    await settle()
    expect(shownStatus()).toBe('failed')
    expect(subscriptions.map(({ isOver }) => isOver)).toEqual([true])
  })

  it('can report any error, and the page does not show its text', async () => {
    const { subscriptions } = pushing((_, { onError }) => onError?.('of any kind' as never))
    await advance(10_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await doing(() => {
      for (let count = 0; count < 3; count++)
        subscriptions[0]?.options.onError?.(new Error('secret') as never)
    })
    await advance(250)
    expect(document.body.textContent).not.toContain('secret')
  })
})
