import { EdgeVM } from '@edge-runtime/vm'
import { build } from 'vite'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { edgeSetup } from './edge-setup.js'

// Vitest's own edge environment adds `process`, `Buffer` and `global`, which would hide what this test checks. So the server is
// bundled as an edge platform does it, and runs in the plain runtime.

let setup: typeof edgeSetup

async function bundle(): Promise<string> {
  const [output] = [
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        write: false,
        minify: false,
        lib: { entry: `${import.meta.dirname}/edge-setup.ts`, formats: ['iife'], name: 'bundle' },
      },
    }),
  ].flat()
  if (!output || !('output' in output)) throw new Error('The build has no output')
  return output.output[0].code
}

beforeAll(async () => {
  const runtime = new EdgeVM()
  runtime.evaluate(await bundle())
  setup = runtime.evaluate<typeof edgeSetup>('bundle.edgeSetup')
}, 30_000)

beforeEach(() => {
  setup.takeCalls()
})

const bearing = async (): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await setup.tokenOf(0)}`,
})

const change = (body: object, headers: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

describe('in an edge runtime', () => {
  it('no Node global exists', () => {
    expect(setup.nodeGlobals()).toEqual([])
  })

  it.each([
    ['state', 'getStatus', { status: 'unlinked' }],
    ['code', 'getQrCode', { status: 'qr', qrCode: { kind: 'text', value: '2@ref,noise,identity,adv,1' } }],
  ])('?want=%s reads through %s', async (want, call, snapshot) => {
    const answer = await setup.send(`?want=${want}`, { headers: await bearing() })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject(snapshot)
    expect(setup.takeCalls()).toEqual([call])
  })

  it('three pairing codes are issued, and the fourth is refused with 429', async () => {
    const body = { action: 'request-pairing-code', phoneNumber: '+55 11 98765-4321' }
    const ask = async () => setup.send('', change(body, await bearing()))
    const answers = [await ask(), await ask(), await ask(), await ask()]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
      pairingCode: { value: 'ABCD1234', lastDigits: '4321' },
    })
    expect(setup.takeCalls()).toEqual(Array(3).fill('requestPairingCode 5511987654321'))
  })

  it('a stream shows the state that the handler reads after a webhook', async () => {
    const webhook = change({ state: 'scanned' }, { authorization: `Bearer ${setup.WEBHOOK_SECRET}` })
    const answer = await setup.watch(
      { headers: await bearing() },
      (text) => text.includes('"linking"'),
      () => setup.send('/webhook', webhook),
    )
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('text/event-stream')
    expect(answer.body.startsWith(':\n\n')).toBe(true)
    expect(answer.body).toContain('"status":"linking"')
    expect(setup.watchers()).toBe(0)
    await setup.send('/webhook', change({}, { authorization: `Bearer ${setup.WEBHOOK_SECRET}` }))
  })

  it('a stream polls the provider and sends the QR code', async () => {
    const answer = await setup.watch(
      { headers: await bearing() },
      (text) => text.split('event: update').length > 3,
      () => Promise.resolve(),
    )
    expect(answer.body).toMatch(/event: update\ndata: .*2@ref.*\n\n/)
    expect(setup.takeCalls()).toEqual(expect.arrayContaining(['getQrCode', 'getStatus']))
  })

  it('a webhook needs its secret', async () => {
    for (const given of ['', 'wrong', setup.WEBHOOK_SECRET.slice(1)]) {
      const webhook = change({ state: 'scanned' }, { authorization: `Bearer ${given}` })
      expect((await setup.send('/webhook', webhook)).status).toBeGreaterThan(400)
    }
  })

  it('a pairing link works until it expires, and does not work if it was changed', async () => {
    const token = await setup.tokenOf(0)
    const openWith = async (authorization: string): Promise<number> =>
      (await setup.send('?want=state', { headers: { authorization } })).status
    expect(await openWith(`Bearer ${token}`)).toBe(200)
    expect(await openWith(`Bearer ${token.slice(0, -1)}`)).toBeGreaterThan(400)
    expect(await openWith('')).toBe(401)
    expect(await openWith(`Bearer ${await setup.tokenOf(130_000)}`)).toBe(401)
  })
})
