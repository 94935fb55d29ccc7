import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PairingProvider } from '../src/index.js'
import { baileys } from '../src/providers/baileys.js'
import { evolutionApi } from '../src/providers/evolution-api.js'
import { greenApi } from '../src/providers/green-api.js'
import { waha } from '../src/providers/waha.js'
import { wasend } from '../src/providers/wasend.js'
import { zApi } from '../src/providers/z-api.js'
import { createPairingHandler, toNodeListener } from '../src/server.js'
import type { PlaygroundProvider } from '../stories/playground/backend.js'
import {
  type EmulatedProvider,
  emulatedProvider,
  type ProviderId,
  providerIds,
} from '../stories/playground/emulated-provider.js'
import { act, type PhoneAction, view } from '../stories/playground/phone-control.js'
import { createTraffic, type Traffic } from '../stories/playground/traffic.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Where a link with WhatsApp itself is kept, so that it survives a restart of the playground. Not under version control. */
const AUTH_FOLDER = '.whatsapp-link'

interface Target extends Pick<PlaygroundProvider, 'isReal'> {
  readonly emulated?: EmulatedProvider
  readonly listener: ReturnType<typeof toNodeListener>
  readonly traffic: Traffic
}

/**
 * The playground's server side: for each provider a pairing handler, and the simulated phone behind it. Where the
 * environment holds a provider's credentials, its handler links a real phone instead; and so does WhatsApp itself, after
 * `npm start -- --whatsapp`.
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
    if (subject !== 'phone' || !emulated) return next()
    if (request.method !== 'POST') return json(response, view(emulated))
    readText(request)
      .then((text) => {
        const action: PhoneAction = JSON.parse(text)
        json(response, { refused: act(emulated.emulator, action) })
      })
      .catch(next)
  }
}

function targetOf(id: ProviderId, environment: Environment): Target {
  const real = realProvider(id, environment)
  if (real) return { isReal: true, ...served(real) }
  const emulated = emulatedProvider(id)
  return { isReal: false, emulated, ...served(emulated.provider, true) }
}

/** @param isEmulated The playground signs with a test key, which no real account knows. */
function served(provider: PairingProvider, isEmulated = false): Pick<Target, 'listener' | 'traffic'> {
  const traffic = createTraffic()
  const handler = createPairingHandler({
    provider,
    authorize: () => true,
    allowPasskeyAnswers: isEmulated,
    log: traffic.log,
  })
  return { listener: toNodeListener(handler), traffic }
}

function realProvider(id: ProviderId, env: Environment): PairingProvider | undefined {
  const { GREEN_API_ID_INSTANCE, GREEN_API_API_TOKEN_INSTANCE, GREEN_API_API_URL } = env
  const { Z_API_INSTANCE_ID, Z_API_TOKEN, Z_API_CLIENT_TOKEN, WASEND_API_KEY, WASEND_SESSION_ID } = env
  const { EVOLUTION_API_BASE_URL, EVOLUTION_API_KEY, EVOLUTION_API_INSTANCE_NAME } = env
  const { WAHA_BASE_URL, WAHA_API_KEY, WAHA_SESSION } = env
  if (id === 'green-api' && GREEN_API_ID_INSTANCE && GREEN_API_API_TOKEN_INSTANCE) {
    return greenApi({
      idInstance: GREEN_API_ID_INSTANCE,
      apiTokenInstance: GREEN_API_API_TOKEN_INSTANCE,
      apiUrl: GREEN_API_API_URL,
    })
  }
  if (id === 'z-api' && Z_API_INSTANCE_ID && Z_API_TOKEN) {
    return zApi({ instanceId: Z_API_INSTANCE_ID, token: Z_API_TOKEN, clientToken: Z_API_CLIENT_TOKEN })
  }
  if (id === 'wasend' && WASEND_API_KEY && WASEND_SESSION_ID) {
    return wasend({ apiKey: WASEND_API_KEY, sessionId: WASEND_SESSION_ID })
  }
  if (id === 'evolution-api' && EVOLUTION_API_BASE_URL && EVOLUTION_API_KEY && EVOLUTION_API_INSTANCE_NAME) {
    return evolutionApi({
      baseUrl: EVOLUTION_API_BASE_URL,
      apiKey: EVOLUTION_API_KEY,
      instanceName: EVOLUTION_API_INSTANCE_NAME,
    })
  }
  if (id === 'waha' && WAHA_BASE_URL && WAHA_API_KEY && WAHA_SESSION) {
    return waha({ baseUrl: WAHA_BASE_URL, apiKey: WAHA_API_KEY, session: WAHA_SESSION })
  }
  return undefined
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
