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

/** The route handlers as Next.js calls them: by HTTP method. */
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
  ['the user is not signed in', undefined, 'sign-in-required'],
  ['the user may not link phones', { cookie: 'session=demo-agent' }, 'forbidden'],
])('the Next.js route refuses a request if %s', async (_, headers, code) => {
  expect((await rejection((await page(headers)).connection.read({ want: 'code', method: 'qr' }))).code).toBe(
    code,
  )
})

it('the sign-in of the Next.js example gives access to its route', async () => {
  const { POST } = await import('../../examples/nextjs/app/sign-in/route.js')
  const [cookie = ''] = POST().headers.get('set-cookie')?.split(';') ?? []
  expect(await (await page({ cookie })).connection.read({ want: 'code', method: 'qr' })).toMatchObject({
    status: 'qr',
  })
})

it('the simulated phone of the Next.js example scans automatically, and the page gets the update', async () => {
  // Drawing a code takes real time, so the fake clock must keep moving.
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const watching = watch(await page(admin))
  await watching.until('qr')
  const linked = watching.until('linked')
  // The time to scan the code plus the time to link.
  await vi.advanceTimersByTimeAsync(12_000)
  expect(await linked).toMatchObject({ account: { phoneNumber: '5511987654321' } })
})

it('the Next.js route accepts an action', async () => {
  const provider = await page(admin)
  await provider.connection.read({ want: 'code', method: 'qr' })
  expect(await provider.connection.act('reset', { method: 'qr' })).toMatchObject({ reason: 'reset' })
})

it('the Next.js route accepts webhooks at a path below its own', async () => {
  const send = await route()
  const answer = await send(`${origin}/api/pairing/webhook`, linkedWebhook('Bearer secret-of-the-webhooks'))
  expect(answer.ok).toBe(true)
})

it('the Next.js route refuses a webhook with another secret', async () => {
  const send = await route()
  const answer = await send(`${origin}/api/pairing/webhook`, linkedWebhook('Bearer guessed'))
  expect(answer.status).toBe(403)
})
