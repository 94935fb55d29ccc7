import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PairingProvider } from '../src/index.js'
import { baileys } from '../src/providers/baileys.js'
import { createPairingHandler, type PairingHandler, toNodeListener } from '../src/server.js'
import type { PlaygroundProvider } from '../stories/playground/backend.js'
import {
  type EmulatedProvider,
  type ProviderId,
  providerIds,
  realProvider,
} from '../stories/playground/emulated-provider.js'
import { emulatedTarget } from '../stories/playground/emulated-target.js'
import { act, type PhoneAction, view } from '../stories/playground/phone-control.js'
import { createTraffic, type Traffic } from '../stories/playground/traffic.js'

type Environment = Readonly<Record<string, string | undefined>>

/** The folder of a real WhatsApp link. The link survives a restart of the playground. The folder is not under version control. */
const AUTH_FOLDER = '.whatsapp-link'

interface Target extends Pick<PlaygroundProvider, 'isReal'> {
  readonly emulated?: EmulatedProvider
  readonly handler: PairingHandler
  readonly listener: ReturnType<typeof toNodeListener>
  readonly traffic: Traffic
}

/**
 * The playground's server. Each provider has a pairing handler with a simulated phone. If the environment contains a provider's
 * credentials, its handler links a real phone instead. `npm start -- --whatsapp` also links a real phone.
 */
export function playgroundListener(
  environment: Environment,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  const targets = new Map<string, Target>()
  if (environment.WHATSAPP === '1') {
    targets.set('baileys', { isReal: true, ...served(baileys({ authFolder: AUTH_FOLDER })) })
  }
  for (const id of providerIds) targets.set(id, targetOf(id, environment))
  return (request, response, next) => {
    const [, subject = '', name = ''] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/')
    const target = targets.get(name)
    if (subject === 'providers') {
      return json(
        response,
        [...targets].map(([id, { isReal }]) => ({ id, isReal })),
      )
    }
    if (!target) return next()
    if (subject === 'pairing') return void target.listener(request, response)
    if (subject === 'traffic') return json(response, target.traffic.view())
    const { emulated } = target
    const emulatedId = providerIds.find((id) => id === name)
    if (subject === 'reset' && emulated && emulatedId && request.method === 'POST') {
      targets.set(name, targetOf(emulatedId, environment))
      target.handler.close().then(() => json(response, {}), next)
      return
    }
    if (subject !== 'phone' || !emulated) return next()
    if (request.method !== 'POST') return json(response, view(emulated))
    readText(request)
      .then(async (text) => {
        const action: PhoneAction = JSON.parse(text)
        json(response, { refused: await act(emulated.emulator, action) })
      })
      .catch(next)
  }
}

function targetOf(id: ProviderId, environment: Environment): Target {
  const real = realProvider(id, environment)
  if (real) return { isReal: true, ...served(real) }
  const target = emulatedTarget(id)
  return { isReal: false, ...target, listener: toNodeListener(target.handler) }
}

function served(provider: PairingProvider): Pick<Target, 'handler' | 'listener' | 'traffic'> {
  const traffic = createTraffic()
  const handler = createPairingHandler({ provider, authorize: () => true, log: traffic.log })
  return { handler, listener: toNodeListener(handler), traffic }
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
