import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import { rejection } from '../providers/fetch-stub.js'
import { admin, linkedWebhook, watch } from './mounted-handler.js'

const origin = 'https://app.example'

beforeEach(() => {
  // The route reads the environment once, when it is loaded.
  vi.resetModules()
  vi.stubEnv('GREEN_API_ID_INSTANCE', '')
  vi.stubEnv('GREEN_API_API_TOKEN_INSTANCE', '')
  vi.stubEnv('PAIRING_WEBHOOK_SECRET', 'secret-of-the-webhooks')
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** The route as Next.js calls it: by the name of the method. */
async function route() {
  const { GET, POST } = await import('../../examples/nextjs/app/api/pairing/[[...path]]/route.js')
  return (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    return request.method === 'POST' ? POST(request) : GET(request)
  }
}

const page = async (headers?: Readonly<Record<string, string>>) =>
  proxy({ url: `${origin}/api/pairing`, fetch: await route(), headers })

it.each([
  ['nobody is signed in', undefined, 'sign-in-required'],
  ['the user may not link phones', { cookie: 'session=demo-agent' }, 'forbidden'],
])('the Next.js route refuses where %s', async (_, headers, code) => {
  expect((await rejection((await page(headers)).connection.read({ want: 'code', method: 'qr' }))).code).toBe(
    code,
  )
})

it('the sign-in of the Next.js example opens its route', async () => {
  const { POST } = await import('../../examples/nextjs/app/sign-in/route.js')
  const [cookie = ''] = POST().headers.get('set-cookie')?.split(';') ?? []
  expect(await (await page({ cookie })).connection.read({ want: 'code', method: 'qr' })).toMatchObject({
    status: 'qr',
  })
})

it('the simulated phone of the Next.js example scans by itself, and the page is notified', async () => {
  // Drawing a code takes real time, and what waits for it must go on.
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const watching = watch(await page(admin))
  await watching.until('qr')
  const linked = watching.until('linked')
  // The look at the code, then the link.
  await vi.advanceTimersByTimeAsync(12_000)
  expect(await linked).toMatchObject({ account: { phoneNumber: '5511987654321' } })
})

it('the Next.js route takes a change', async () => {
  const provider = await page(admin)
  await provider.connection.read({ want: 'code', method: 'qr' })
  expect(await provider.connection.act('reset', { method: 'qr' })).toMatchObject({ reason: 'reset' })
})

it('the Next.js route takes webhooks below its own address', async () => {
  const send = await route()
  const answer = await send(`${origin}/api/pairing/webhook`, linkedWebhook('Bearer secret-of-the-webhooks'))
  expect(answer.ok).toBe(true)
})

it('the Next.js route takes no webhook with another secret', async () => {
  const send = await route()
  const answer = await send(`${origin}/api/pairing/webhook`, linkedWebhook('Bearer guessed'))
  expect(answer.status).toBe(403)
})
