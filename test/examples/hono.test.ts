import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { expect, it } from 'vitest'
import { createApp } from '../../examples/hono/app.mjs'
import { proxy } from '../../src/client/proxy.js'
import { admin, describeMountedHandler } from './mounted-handler.js'
import { runExample } from './run-example.js'

describeMountedHandler('the Hono example', (options) =>
  createServer(getRequestListener(createApp(options).app.fetch)).listen(0, '127.0.0.1'),
)

it('the Hono example starts without credentials, with a simulated phone', async () => {
  const { url } = await runExample('hono')
  expect(await proxy({ url, headers: admin }).connection.read({ want: 'code', method: 'qr' })).toMatchObject({
    status: 'qr',
  })
})
