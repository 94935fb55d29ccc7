import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { sessionTag } from '../../src/server/session-tag.js'
import { createSetup, readTab, separateHandler, updateOf } from './setup.js'
import { SPY_SESSION, spyProvider } from './spy-provider.js'

const SECRET = 'sixteen letters!'

/** Computes the documented tag with Node's own functions. */
function expectedTag(names: readonly string[], secret?: string): string {
  const text = JSON.stringify(names)
  const bytes = secret ? createHmac('sha256', secret).update(text) : createHash('sha256').update(text)
  return bytes.digest('base64url').slice(0, 22)
}

describe('sessionTag()', () => {
  it('is HMAC-SHA-256 of tenant, provider and session under the secret, or SHA-256 without one', () => {
    for (const names of [
      ['acme', 'green-api', '1101'],
      ['', 'spy', 'main'],
      ['ü"\ud83d', '', ''],
    ]) {
      const [tenant = '', id = '', sessionId = ''] = names
      for (const secret of [undefined, SECRET])
        expect(sessionTag({ tenant, provider: { id, sessionId } }, secret)).toBe(expectedTag(names, secret))
    }
  })
})

describe('the session tag', () => {
  it('is in every update, and a provider cannot replace it', async () => {
    const setup = createSetup({ getStatus: async () => ({ status: 'unlinked', session: 'of-the-provider' }) })
    for (const answer of [
      await setup.get('?want=state'),
      await setup.get('?want=code'),
      await setup.post({ action: 'request-pairing-code', phoneNumber: '5511987654321' }),
    ])
      expect(await answer.json()).toMatchObject({ session: SPY_SESSION })
    const tab = readTab(await setup.get('?events'))
    await vi.waitFor(() => expect(tab.events.length).toBeGreaterThan(0))
    expect(tab.events.map(({ data }) => data.session)).toEqual(tab.events.map(() => SPY_SESSION))
    tab.leave()
  })

  it('differs between tenants with the same instance name, and is equal on every replica', async () => {
    const tagOf = async (tenant: string, secret?: string): Promise<unknown> => {
      const setup = createSetup({}, { provider: () => spyProvider(), tenant: () => tenant, secret })
      return (await updateOf(setup.get())).session
    }
    expect(await tagOf('a', SECRET)).toBe(expectedTag(['a', 'spy', 'main'], SECRET))
    expect(await tagOf('a', SECRET)).toBe(await tagOf('a', SECRET))
    expect(new Set([await tagOf('a'), await tagOf('b'), await tagOf('a', SECRET)]).size).toBe(3)
  })
})

describe('createPairingHandler()', () => {
  const invalid = expect.objectContaining({ code: 'invalid-options' })

  it('throws for a provider function without a tenant function', () => {
    const options = { provider: () => spyProvider(), authorize: () => true }
    // @ts-expect-error The types require it too.
    expect(() => separateHandler(options)).toThrow(invalid)
    for (const tenant of ['acme', null])
      expect(() => separateHandler({ ...options, tenant: tenant as never })).toThrow(invalid)
    expect(() => separateHandler({ ...options, tenant: () => 'acme' })).not.toThrow()
  })

  it.each(['', 'fifteen letters', 7, null])('throws for a secret that is too short: %s', (secret) => {
    const options = { provider: spyProvider(), authorize: () => true }
    expect(() => separateHandler({ ...options, secret: secret as never })).toThrow(invalid)
  })
})

describe('proxy()', () => {
  const url = '/api/pairing'
  const idOf = (headers?: Parameters<typeof proxy>[0]['headers']): string => proxy({ url, headers }).sessionId

  it('gives each pairing link a session of its own, without its token', () => {
    const ids = ['Bearer token-of-a', 'Bearer token-of-b'].map((authorization) => idOf({ authorization }))
    expect(new Set([...ids, idOf()]).size).toBe(3)
    expect(ids.join()).not.toContain('token')
    expect(idOf({ Authorization: 'Bearer token-of-a' })).toBe(ids[0])
  })

  it('uses the URL if the authorization is not known in advance', () => {
    expect([idOf(), idOf({}), idOf({ authorization: '' }), idOf({ 'x-app': '1' }), idOf(() => ({}))]).toEqual(
      Array(5).fill(url),
    )
  })

  it('accepts an explicit name', () => {
    const headers = { authorization: 'Bearer token-of-a' }
    expect(proxy({ url, headers, sessionId: 'tenant-7' }).sessionId).toBe('tenant-7')
  })
})
