import { afterEach, describe, expect, it, vi } from 'vitest'
import type { PairingProvider } from '../../src/core/provider.js'
import { type Emulator, type TestProviderOptions, testProvider } from '../../src/testing.js'
import { json, stubFetch, thrownBy } from './fetch-stub.js'

/** The properties of an adapter with a secret that the tests need. */
export interface AdapterUnderTest extends Omit<TestProviderOptions, 'create' | 'responses' | 'serverOnly'> {
  make(
    options: {
      readonly fetch?: typeof fetch
      readonly baseUrl?: string
      readonly dangerouslyAllowBrowser?: boolean | undefined
    },
    emulator?: Emulator,
  ): PairingProvider
  /** The provider's response to a request for the state. */
  readonly statusAnswer: unknown
  /**
   * False for `ownServer`, which can have any URL.
   * @default true
   */
  readonly hasDefaultUrl?: boolean
}

/** Tests the contract of every adapter of this package: the rules of any provider, and the common options. */
export function describeAdapterRules({
  name,
  make,
  statusAnswer,
  hasDefaultUrl = true,
  ...rules
}: AdapterUnderTest): void {
  const answered = json(statusAnswer)

  testProvider({
    ...rules,
    name,
    create: ({ emulator, ...environment }) => make(environment, emulator),
    serverOnly: 'unless-allowed',
    describe,
    it,
  })

  describe(`${name}: options of every adapter`, () => {
    afterEach(() => {
      vi.unstubAllGlobals()
    })

    it.each([
      'api.example.com',
      'ftp://api.example.com',
      'https://user:pass@api.example.com',
      'https://a.example/?x=1',
      'https://a.example:99999',
    ])('throws "invalid-options" for the base URL %s', (baseUrl) => {
      expect(thrownBy(() => make({ baseUrl })).code).toBe('invalid-options')
    })

    it.each([
      'https://gateway.example/whatsapp',
      'https://gateway.example/whatsapp/',
      ' https://gateway.example/whatsapp// ',
    ])('sends requests below the base URL %j', async (baseUrl) => {
      const stub = stubFetch(answered)
      await make({ baseUrl, fetch: stub.fetch }).getStatus({})
      for (const { url } of stub.requests) expect(url).toMatch(/^https:\/\/gateway\.example\/whatsapp\/\w/)
    })

    if (hasDefaultUrl) {
      it('uses the default for an empty base URL', async () => {
        const stub = stubFetch(answered)
        await make({ baseUrl: '', fetch: stub.fetch }).getStatus({})
        expect(stub.requests[0]?.url).toMatch(/^https:\/\/api\./)
      })
    } else {
      it.each(['', ' '])('refuses the base URL %j', (baseUrl) => {
        expect(thrownBy(() => make({ baseUrl })).code).toBe('invalid-options')
      })

      it.each([
        ['another host', 'https://other.example'],
        ['another port', 'https://one.example:3000'],
        ['another path', 'https://one.example/second'],
      ])('identifies another session at %s, which may have the same name', (_title, baseUrl) => {
        const [one, other] = [make({ baseUrl: 'https://one.example' }), make({ baseUrl })]
        expect(other.id).toBe(one.id)
        expect(other.sessionId).not.toBe(one.sessionId)
      })

      it.each([
        'https://one.example/',
        'https://ONE.example',
        'https://one.example:443',
        ' https://one.example',
      ])('identifies the same session at %j as at the plain URL', (baseUrl) => {
        expect(make({ baseUrl }).sessionId).toBe(make({ baseUrl: 'https://one.example' }).sessionId)
      })
    }

    it('uses the global fetch at the time of the request if none is given', async () => {
      const stub = stubFetch(answered)
      const provider = make({})
      vi.stubGlobal('fetch', stub.fetch)
      await provider.getStatus({})
      expect(stub.requests).not.toHaveLength(0)
    })

    it('rejects with "provider-unavailable" after the 499 of a gateway', async () => {
      const stub = stubFetch(() => new Response(null, { status: 499 }))
      await expect(make({ fetch: stub.fetch }).getStatus({})).rejects.toMatchObject({
        code: 'provider-unavailable',
      })
    })
  })
}
