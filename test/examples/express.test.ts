import express from 'express'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../examples/express/app.mjs'
import { pairingLinkToken } from '../../src/client/pairing-link-token.js'
import { proxy } from '../../src/client/proxy.js'
import { createPairingLink } from '../../src/server.js'
import { rejection } from '../providers/fetch-stub.js'
import { emulatedPhone } from './emulated-phone.js'
import { admin, describeMountedHandler, originOf, watch } from './mounted-handler.js'
import { runExample } from './run-example.js'

const links = { linkSecret: 'a-secret-of-at-least-32-characters', pageUrl: 'https://app.example/pair' }

describeMountedHandler('the Express example', (options) =>
  createApp({ ...links, ...options }).app.listen(0, '127.0.0.1'),
)

describeMountedHandler('the Express example behind express.json()', (options) => {
  const app = express()
  app.use(express.json(), createApp({ ...links, ...options }).app)
  return app.listen(0, '127.0.0.1')
})

it('the Express example starts without credentials, with a simulated phone', async () => {
  const { url } = await runExample('express')
  expect(await proxy({ url, headers: admin }).connection.read({ want: 'code', method: 'qr' })).toMatchObject({
    status: 'qr',
  })
})

describe('a pairing link of the Express example', () => {
  async function served() {
    const { emulator, provider } = emulatedPhone()
    const origin = await originOf(createApp({ ...links, provider }).app.listen(0, '127.0.0.1'))
    const requestLink = (headers: Readonly<Record<string, string>>) =>
      fetch(`${origin}/pairing-links`, { method: 'POST', headers })
    /** The page of a user who has only this link. */
    const pageOf = (link: string) =>
      proxy({ url: `${origin}/api/pairing`, headers: { authorization: `Bearer ${pairingLinkToken(link)}` } })
    return { emulator, requestLink, pageOf }
  }

  it("opens the app's page, where its recipient can link the phone", async () => {
    const { emulator, requestLink, pageOf } = await served()
    const { link } = await (await requestLink(admin)).json()
    expect(link).toMatch(/^https:\/\/app\.example\/pair#pairing=/)
    const page = watch(pageOf(link))
    await page.until('qr')
    emulator.scan()
    expect(await page.until('linked')).toMatchObject({ account: { phoneNumber: '5511987654321' } })
  })

  it.each([
    ['a user who is not signed in', {}],
    ['a user who may not link phones', { cookie: 'session=demo-agent' }],
  ])('is not created for %s', async (_, headers) => {
    const { requestLink } = await served()
    expect((await requestLink(headers)).status).toBe(403)
  })

  it.each([
    ['created for another session', { sessionId: '1101000002' }],
    ['signed with a different secret', { secret: 'another-secret-of-at-least-32-characters' }],
  ])('gives no access if it is %s', async (_, changes) => {
    const { emulator, pageOf } = await served()
    const link = await createPairingLink({
      secret: links.linkSecret,
      url: links.pageUrl,
      sessionId: '1101000001',
      ...changes,
    })
    expect((await rejection(pageOf(link).connection.read({ want: 'code', method: 'qr' }))).code).toBe(
      'forbidden',
    )
    expect(emulator.state.status).toBe('idle')
  })
})
