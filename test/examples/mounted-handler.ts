import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { proxy } from '../../src/client/proxy.js'
import type { PairingProxy } from '../../src/core/connection.js'
import type { PairingUpdate } from '../../src/core/update.js'
import { processRegistry } from '../../src/poller/registry.js'
import type { PairingProvider } from '../../src/server.js'
import { rejection } from '../providers/fetch-stub.js'
import { emulatedPhone, idInstance } from './emulated-phone.js'

/** The permissions of the sessions in the examples. */
export const admin = { cookie: 'theme=dark; session=demo-admin' }
const agent = { cookie: 'session=demo-agent' }

// The handlers of the examples share the pollers of this process. Each test starts without pollers.
afterEach(() => processRegistry().close())

const webhookSecret = 'secret-of-the-webhooks'

/** The options that all example apps accept. */
export interface ServeOptions {
  readonly provider: PairingProvider
  readonly webhookSecret: string
}

/** Waits until a server listens, closes it after the test, and returns its origin. */
export async function originOf(server: Server): Promise<string> {
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  if (!server.listening) await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Watches a session until the end of the test. */
export function watch({ connection }: PairingProxy): {
  /** Resolves with the first update that has this status, even if it arrived earlier. */
  until(status: PairingUpdate['status']): Promise<PairingUpdate>
} {
  const updates: PairingUpdate[] = []
  const waiting = new Set<() => void>()
  const leave = connection.subscribe?.(
    (update) => {
      updates.push(update)
      for (const look of waiting) look()
    },
    { method: 'qr', has: () => undefined, onGap: () => {} },
  )
  onTestFinished(() => leave?.())
  return {
    until: (status) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = updates.find((update) => update.status === status)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

/** The request that a provider sends when the phone is linked. */
export function linkedWebhook(authorization: string): RequestInit {
  return {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      typeWebhook: 'stateInstanceChanged',
      instanceData: { idInstance: Number(idInstance), wid: '5511987654321@c.us' },
      stateInstance: 'authorized',
    }),
  }
}

/** The behaviour that every example must have, for any framework. */
export function describeMountedHandler(name: string, serve: (options: ServeOptions) => Server): void {
  async function served(headers?: Readonly<Record<string, string>>) {
    const phone = emulatedPhone()
    const origin = await originOf(serve({ provider: phone.provider, webhookSecret }))
    const url = `${origin}/api/pairing`
    return { emulator: phone.emulator, url, provider: proxy({ url, headers }) }
  }

  describe(name, () => {
    it.each([
      ['no user is signed in', undefined, 'sign-in-required'],
      ['the session cookie is unknown', { cookie: 'session=guessed' }, 'sign-in-required'],
      ['the user may not link phones', agent, 'forbidden'],
    ])('refuses a request if %s', async (_, headers, code) => {
      const { emulator, provider } = await served(headers)
      expect((await rejection(provider.connection.read({ want: 'code', method: 'qr' }))).code).toBe(code)
      expect(emulator.state.status).toBe('idle')
    })

    it('shows the QR code to a user who may link phones', async () => {
      const { provider } = await served(admin)
      expect(await provider.connection.read({ want: 'code', method: 'qr' })).toMatchObject({
        status: 'qr',
        qrCode: { kind: 'text' },
      })
    })

    it('shows the linked account on a page that watches', async () => {
      const { emulator, provider } = await served(admin)
      const page = watch(provider)
      await page.until('qr')
      emulator.scan()
      expect(await page.until('linked')).toMatchObject({ account: { phoneNumber: '5511987654321' } })
    })

    it('reads the body of an action request', async () => {
      const { emulator, provider } = await served(admin)
      await provider.connection.read({ want: 'code', method: 'qr' })
      await provider.connection.act('reset', { method: 'qr' })
      expect(emulator.state.status).toBe('idle')
    })

    it('reads the state when a webhook arrives', async () => {
      const { emulator, url, provider } = await served(admin)
      const page = watch(provider)
      await page.until('qr')
      emulator.scan()
      expect((await fetch(`${url}/webhook`, linkedWebhook(`Bearer ${webhookSecret}`))).ok).toBe(true)
      expect(await page.until('linked')).toMatchObject({ account: { phoneNumber: '5511987654321' } })
    })

    it('refuses a webhook with another secret', async () => {
      const { url } = await served()
      expect((await fetch(`${url}/webhook`, linkedWebhook('Bearer guessed'))).status).toBe(403)
    })
  })
}
