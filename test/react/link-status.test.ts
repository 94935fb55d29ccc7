import { inspect } from 'node:util'
import { dehydrate, hydrate, QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { pairingStatusQueryOptions, proxy } from '../../src/index.js'
import { createPollerRegistry } from '../../src/poller/registry.js'
import { createHandler } from '../../src/server/handler.js'
import { spyProvider } from '../server/spy-provider.js'

const account = {
  phoneNumber: '5511987654321',
  name: 'Ana',
  avatarUrl: 'https://pps.example/a.jpg',
  id: 'a@c.us',
}

function source(status: 'linked' | 'unlinked' = 'linked') {
  const handler = createHandler(
    {
      provider: spyProvider({
        getStatus: async () => (status === 'linked' ? { status, account } : { status }),
      }),
      authorize: () => true,
    },
    createPollerRegistry(),
  )
  return proxy({
    url: 'https://host.example/api/pairing',
    fetch: (input, init) => handler(new Request(input, init)),
  })
}

describe('pairingStatusQueryOptions()', () => {
  it('resolves with the status and the account', async () => {
    const data = await new QueryClient().fetchQuery(pairingStatusQueryOptions(source()))
    expect(data.status).toBe('linked')
    expect(data.account).toEqual(account)
  })

  it('returns no account if no phone is linked', async () => {
    const data = await new QueryClient().fetchQuery(pairingStatusQueryOptions(source('unlinked')))
    expect([data.status, data.account]).toEqual(['not-linked', undefined])
  })

  // The test covers each way in which an app copies its cache.
  it('puts neither the number nor the name into a cache that is dehydrated, persisted, cloned or printed', async () => {
    const client = new QueryClient()
    const options = pairingStatusQueryOptions(source())
    const data = await client.fetchQuery(options)
    const copies = [
      JSON.stringify(dehydrate(client)),
      JSON.stringify(
        client
          .getQueryCache()
          .getAll()
          .map(({ state, queryKey }) => ({ state, queryKey })),
      ),
      JSON.stringify({ ...data }),
      JSON.stringify(structuredClone(data)),
      inspect(data, { depth: 9, showHidden: true }),
    ]
    for (const copy of copies) for (const word of Object.values(account)) expect(copy).not.toContain(word)
    expect(copies[0]).toContain('linked')
  })

  it('reads the account again after a cache was restored', async () => {
    const [before, after] = [new QueryClient(), new QueryClient()]
    const options = pairingStatusQueryOptions(source())
    await before.fetchQuery(options)
    hydrate(after, JSON.parse(JSON.stringify(dehydrate(before))))
    expect(after.getQueryData(options.queryKey)).toEqual({ status: 'linked', abilities: ['unlink', 'reset'] })
    expect((await after.fetchQuery(options)).account).toEqual(account)
  })

  it('returns the same object for the same response, so that React renders nothing again', async () => {
    const client = new QueryClient()
    const options = pairingStatusQueryOptions(source())
    const observer = new QueryObserver(client, options)
    const first = (await observer.refetch()).data
    expect((await observer.refetch()).data).toBe(first)
  })
})
