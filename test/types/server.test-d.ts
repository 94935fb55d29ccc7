// `npm run types` checks this file. Nothing in it runs.
import { describe, expectTypeOf, it } from 'vitest'
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import {
  createPairingHandler,
  type LinkedEvent,
  type PairingHandler,
  type PairingProvider,
  type PairingServerEvent,
  toNodeListener,
} from 'whatsapp-pairing/server'
import { redisBus } from 'whatsapp-pairing/server/redis-bus'

declare const provider: PairingProvider
declare const providerOf: (request: Request) => Promise<PairingProvider>

describe('createPairingHandler()', () => {
  it('returns a function from Request to Response, with close()', () => {
    expectTypeOf(createPairingHandler).returns.toEqualTypeOf<PairingHandler>()
    expectTypeOf<PairingHandler>().toExtend<(request: Request) => Promise<Response>>()
    expectTypeOf<ReturnType<PairingHandler['close']>>().toEqualTypeOf<Promise<void>>()
  })

  it('requires authorize', () => {
    // @ts-expect-error: without `authorize` every visitor could link a phone.
    createPairingHandler({ provider })
    createPairingHandler({ provider, authorize: () => true })
    createPairingHandler({
      provider,
      authorize: async () => ({ expiresAt: 0, expectedPhoneNumber: '+5511987654321' }),
    })
    // @ts-expect-error: a user object is not a permission.
    createPairingHandler({ provider, authorize: () => ({ userId: '1' }) })
  })

  it('requires tenant if provider is a function, and forbids it otherwise', () => {
    const authorize = () => true
    createPairingHandler({ provider: providerOf, tenant: () => 'acme', authorize })
    // @ts-expect-error: without `tenant`, two tenants would share one session.
    createPairingHandler({ provider: providerOf, authorize })
    // @ts-expect-error: a single provider object has only one tenant.
    createPairingHandler({ provider, tenant: () => 'acme', authorize })
  })

  it('passes typed events to its callbacks', () => {
    createPairingHandler({
      provider,
      authorize: () => true,
      onLinked: (event) => {
        expectTypeOf(event).toEqualTypeOf<LinkedEvent>()
      },
      onEvent: (event) => {
        expectTypeOf(event).toEqualTypeOf<PairingServerEvent>()
      },
    })
    expectTypeOf<LinkedEvent['linkId']>().toBeString()
    expectTypeOf<PairingServerEvent['type']>().not.toEqualTypeOf<string>()
  })

  it('can be mounted in Node', () => {
    expectTypeOf(toNodeListener).parameter(0).toExtend<(request: Request) => Promise<Response>>()
  })

  it('rejects a bus that is not a PairingBus', () => {
    // @ts-expect-error: a URL is not a Redis client.
    redisBus('redis://localhost')
    // @ts-expect-error: a bus needs subscribe() and publish().
    createPairingHandler({ provider, authorize: () => true, bus: {} })
  })
})

describe('greenApi()', () => {
  it('accepts the option names of the provider and returns a PairingProvider', () => {
    expectTypeOf(greenApi).returns.toEqualTypeOf<PairingProvider>()
    greenApi({ idInstance: 1101, apiTokenInstance: '…' })
    greenApi({ idInstance: '1101', apiTokenInstance: '…', dangerouslyAllowBrowser: true })
    // @ts-expect-error: a token is required.
    greenApi({ idInstance: 1101 })
    // @ts-expect-error: GREEN-API calls it `apiTokenInstance`.
    greenApi({ idInstance: 1101, token: '…' })
  })
})
