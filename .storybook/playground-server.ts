import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PairingProvider } from '../src/index.js'
import { evolutionApi } from '../src/providers/evolution-api.js'
import { greenApi } from '../src/providers/green-api.js'
import { waha } from '../src/providers/waha.js'
import { wasend } from '../src/providers/wasend.js'
import { zApi } from '../src/providers/z-api.js'
import { createPairingHandler, toNodeListener } from '../src/server.js'
import { emulatedProvider, type ProviderId, providerIds } from '../stories/playground/emulated-provider.js'
import { act, type PhoneAction, view } from '../stories/playground/phone-control.js'
import { createTraffic } from '../stories/playground/traffic.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The playground's server side: for each provider a pairing handler, and the simulated phone behind it. Where the
 * environment holds a provider's credentials, its handler links a real phone instead.
 */
export function playgroundListener(
  environment: Environment,
): (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void {
  const targets = new Map<string, ReturnType<typeof targetOf>>(
    providerIds.map((id) => [id, targetOf(id, environment)]),
  )
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
    if (subject !== 'phone') return next()
    if (request.method !== 'POST') return json(response, view(target.emulated))
    readText(request)
      .then((text) => {
        const action: PhoneAction = JSON.parse(text)
        json(response, { refused: act(target.emulated.emulator, action) })
      })
      .catch(next)
  }
}

function targetOf(id: ProviderId, environment: Environment) {
  const emulated = emulatedProvider(id)
  const real = realProvider(id, environment)
  const traffic = createTraffic()
  const handler = createPairingHandler({
    provider: real ?? emulated.provider,
    authorize: () => true,
    log: traffic.log,
  })
  return { emulated, isReal: real !== undefined, listener: toNodeListener(handler), traffic }
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
