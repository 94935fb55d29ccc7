import { createServer, type Server } from 'node:http'
import i18next from 'i18next'
import { setupServer } from 'msw/node'
import type { Page } from 'playwright'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { userOf } from '../../examples/hono/session.mjs'
import { createApp as createFastifyApp } from '../../examples/recipes/fastify.mjs'
import { pairingTexts } from '../../examples/recipes/i18next.js'
import { createApp as createKoaApp } from '../../examples/recipes/koa.mjs'
import { handlers, instance, phone } from '../../examples/recipes/msw.js'
import { createApp as createNodeApp } from '../../examples/recipes/node.mjs'
import { proxy } from '../../src/client/proxy.js'
import { zApi } from '../../src/providers/z-api.js'
import { createPairingHandler, PairingError, type PairingHandler } from '../../src/server.js'
import { type PairingRoute, type RoutablePage, routePairing } from '../../src/testing.js'
import { eventually } from '../eventually.js'
import { emulatedPhone } from './emulated-phone.js'
import { admin, describeMountedHandler, type ServeOptions } from './mounted-handler.js'

const handlerOf = (options: ServeOptions): PairingHandler =>
  createPairingHandler({
    ...options,
    authorize(request) {
      const user = userOf(request.headers.get('cookie'))
      if (!user) throw new PairingError('sign-in-required')
      return user.mayLinkPhones
    },
  })

/** Fastify creates its own server, which becomes ready asynchronously. */
function serveFastify(options: ServeOptions): Server {
  const app = createFastifyApp(handlerOf(options))
  void app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return app.server
}

describeMountedHandler('the Fastify recipe', serveFastify)

describeMountedHandler('the Koa recipe', (options) =>
  createServer(createKoaApp(handlerOf(options)).callback()).listen(0, '127.0.0.1'),
)

describeMountedHandler('the recipe for plain Node', (options) =>
  createNodeApp(handlerOf(options)).listen(0, '127.0.0.1'),
)

describe('the React Router recipe', () => {
  it('reads in its loader and performs actions in its action', async () => {
    vi.stubEnv('GREEN_API_ID_INSTANCE', '1101000001')
    vi.stubEnv('GREEN_API_API_TOKEN_INSTANCE', 'secret')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { action, loader } = await import('../../examples/recipes/react-router.js')
    const request = (init?: RequestInit) => new Request('https://app.example/api/pairing?want=state', init)
    expect((await loader({ request: request() })).status).toBe(403)
    expect((await action({ request: request({ method: 'POST', body: '{}' }) })).status).toBe(403)
    const unreadable = {
      method: 'POST',
      body: '{',
      headers: { ...admin, 'content-type': 'application/json' },
    }
    expect((await action({ request: request(unreadable) })).status).toBe(400)
  })
})

describe('the MSW recipe', () => {
  it('connects the adapter of an app to the emulated phone', async () => {
    const server = setupServer(...handlers)
    server.listen({ onUnhandledRequest: 'error' })
    onTestFinished(() => server.close())
    const provider = zApi(instance)
    expect(await provider.getQrCode({})).toMatchObject({ status: 'qr' })
    phone.scan()
    expect(await provider.getStatus({})).toMatchObject({ status: 'linked' })
  })
})

describe('routePairing()', () => {
  /** The part of a Playwright page that handles routes. */
  function routedPage() {
    const routes: Parameters<RoutablePage['route']>[] = []
    const page: RoutablePage = { route: async (...route) => void routes.push(route) }
    const fetchInPage = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
      const { href } = new URL(String(input), 'https://app.example')
      const [, handle] = routes.find(([matches]) => matches(new URL(href))) ?? []
      if (!handle) throw new TypeError(`No route for ${href}`)
      return new Promise((resolve, reject) => {
        const route: PairingRoute = {
          request: () => ({
            url: () => href,
            method: () => init.method ?? 'GET',
            headers: () => ({ ...Object.fromEntries(new Headers(init.headers)), ...admin }),
            postData: () => (typeof init.body === 'string' ? init.body : null),
          }),
          fulfill: async ({ status, headers, body }) => resolve(new Response(body, { status, headers })),
        }
        handle(route).catch(reject)
      })
    }
    return { page, fetchInPage }
  }

  it('responds to reads and actions of the page, and the phone links', async () => {
    const { emulator, provider } = emulatedPhone()
    const { page, fetchInPage } = routedPage()
    await routePairing(page, createPairingHandler({ provider, authorize: () => true, liveEvents: false }))
    const { connection } = proxy({ url: '/api/pairing', fetch: fetchInPage })
    expect(await connection.read({ want: 'code', method: 'qr' })).toMatchObject({ status: 'qr' })
    await connection.act('reset', { method: 'qr' })
    expect(emulator.state.status).toBe('idle')
    expect(await connection.read({ want: 'code', method: 'qr' })).toMatchObject({ status: 'qr' })
    emulator.scan()
    await vi.waitFor(
      async () =>
        expect(await connection.read({ want: 'state', method: 'qr' })).toMatchObject({ status: 'linked' }),
      eventually,
    )
  })

  it('does not affect other requests of the page, and accepts another path', async () => {
    const { page, fetchInPage } = routedPage()
    await routePairing(page, async () => new Response('pairing'), { path: '/link' })
    expect(await (await fetchInPage('/link/webhook')).text()).toBe('pairing')
    for (const path of ['/linked', '/api/pairing', '/'])
      await expect(fetchInPage(path)).rejects.toThrow('No route')
  })

  it("accepts Playwright's page", () => {
    const takesPage: (page: Page) => Promise<void> = (page) => routePairing(page, async () => new Response())
    expect(takesPage).toBeTypeOf('function')
  })
})

describe('the i18next recipe', () => {
  it.each([
    ['pt-BR', 'pt-BR', { titleScan: 'Conecte sua loja' }],
    ['de-AT', 'de', undefined],
    ['sv', undefined, undefined],
  ])('has the texts for %s', async (lng, tag, messages) => {
    const app = i18next.createInstance()
    await app.init({
      lng,
      fallbackLng: 'en',
      supportedLngs: ['en', 'de', 'pt-BR'],
      resources: {
        en: {},
        de: { translation: { hello: 'Hallo' } },
        'pt-BR': { pairing: { titleScan: 'Conecte sua loja' } },
      },
    })
    const texts = await pairingTexts(app)
    expect(texts.locale?.tag).toBe(tag)
    expect(texts.messages).toEqual(messages)
  })
})
