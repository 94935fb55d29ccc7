import type { Emulator } from '../emulator.js'
import { toBase64 } from '../qr-image.js'
import type { Wire, WireCall, WireOptions } from '../wire.js'
import { createWire, json } from '../wire.js'

// https://doc.evolution-api.com/v2/api-reference/instance-controller/, and a recording of version 2.3.7

/** Options of {@link evolutionApiWire}. */
export interface EvolutionApiWireOptions extends WireOptions {
  /** The server's global key. */
  readonly apiKey: string
  readonly instanceName: string
  /** The instance's own token, which is taken as a key too. By default `emulated-instance-token`. */
  readonly token?: string | undefined
  /** The server's `QRCODE_LIMIT`: after so many codes the instance closes. By default 30. */
  readonly qrLimit?: number | undefined
  /** Time from the beginning of a pairing to its first code: `{"count":0}` until then. By default 0. */
  readonly startingMs?: number | undefined
}

type InstanceState = 'open' | 'connecting' | 'close'

/** What the server keeps of the last code, and goes on giving when it is over. */
interface KeptCodes {
  readonly count: number
  readonly code?: string
  readonly pairingCode?: string | null
}

/**
 * The face of Evolution API. A pairing is begun by `connect` where the instance is closed, and goes on by itself until
 * the limit of codes. The server shows each of WhatsApp's codes for 45 seconds, so give the emulator `firstCodeMs`
 * and `codeMs` of 45,000. It holds the first answer for two seconds; this wire answers at once, as after that.
 */
export function evolutionApiWire(emulator: Emulator, options: EvolutionApiWireOptions): Wire {
  const { apiKey, instanceName, qrLimit = 30, startingMs = 0 } = options
  const { token = 'emulated-instance-token' } = options
  let isStarted = false
  /** The number that was given when this pairing began: each QR code brings a pairing code for it. */
  let phoneNumber: string | null = null
  let kept: KeptCodes = { count: 0 }

  emulator.subscribe(({ action }) => {
    // WhatsApp refuses the credentials, and the server does not connect again.
    if (action === 'disconnect' || action === 'logout') isStarted = false
  })

  const faults = {
    unauthorized: () => problem(401, 'Unauthorized', 'Unauthorized'),
    'unknown-instance': () => unknownInstance(instanceName),
    'rate-limited': () => problem(429, 'Too Many Requests', 'Too Many Requests'),
    'server-error': () => problem(500, 'Internal Server Error', 'Connection Closed'),
  }

  /** The state of this moment, with the codes that have come and gone until it. */
  function update(): InstanceState {
    // Out of codes the server connects again, for as long as it may.
    if (isStarted && emulator.state.status === 'out-of-codes') emulator.start()
    const { state } = emulator
    if (state.status === 'pairing' && state.qrText !== kept.code) {
      if (kept.count === qrLimit) {
        emulator.logout()
        kept = { count: 0 }
        return 'close'
      }
      const issued = phoneNumber === null ? undefined : emulator.requestPairingCode(phoneNumber)
      const pairingCode = issued?.ok ? issued.pairingCode.value : null
      kept = { count: kept.count + 1, code: state.qrText, pairingCode }
    }
    switch (state.status) {
      case 'linked':
        return 'open'
      case 'pairing':
      case 'linking':
      // The server does not know of passkeys: nothing happens.
      case 'passkey-required':
        return 'connecting'
      case 'stale-auth':
        return 'close'
      default:
        return isStarted ? 'connecting' : 'close'
    }
  }

  async function codes({ text, image }: WireCall): Promise<Response> {
    const { count, code, pairingCode } = kept
    if (code === undefined) return json({ count })
    const given = text(code)
    const png = given === code ? await image(code) : new TextEncoder().encode(given)
    return json({ pairingCode, code: given, base64: `data:image/png;base64,${toBase64(png)}`, count })
  }

  function connect(call: WireCall): Response | Promise<Response> {
    const state = update()
    if (state === 'open') return connectionState()
    if (state === 'close') {
      // Leftovers end the first attempt, and are cleared by that.
      if (emulator.state.status === 'stale-auth') emulator.logout()
      else {
        phoneNumber = call.url.searchParams.get('number')
        isStarted = true
        emulator.start(startingMs)
        update()
      }
    }
    return codes(call)
  }

  function connectionState(): Response {
    return json({ instance: { instanceName, state: update() } })
  }

  function restart(): Response {
    if (update() === 'close') return json({ error: true, message: '[object Object]' })
    emulator.restart()
    emulator.start(startingMs)
    return json({ instance: { instanceName, status: update() } })
  }

  function logout(): Response {
    if (update() === 'close')
      return problem(400, 'Bad Request', [`The "${instanceName}" instance is not connected`])
    emulator.logout()
    return json({ status: 'SUCCESS', error: false, response: { message: 'Instance logged out' } })
  }

  function fetchInstances({ url }: WireCall): Response {
    const asked = url.searchParams.get('instanceName') ?? instanceName
    if (asked !== instanceName) return problem(404, 'Not Found', [`Instance "${asked}" not found`])
    const connectionStatus = update()
    const { state } = emulator
    const account = state.status === 'linked' ? state.account : undefined
    return json([
      {
        id: '95f28b28-05f7-46ac-892f-af76aa1ecdc7',
        name: instanceName,
        connectionStatus,
        ownerJid: account ? `${account.phoneNumber}@s.whatsapp.net` : null,
        profileName: account?.name ?? null,
        profilePicUrl: account?.avatarUrl ?? null,
        integration: 'WHATSAPP-BAILEYS',
        number: null,
        token,
        clientName: 'evolution_exchange',
        disconnectionReasonCode: null,
      },
    ])
  }

  type Route = (call: WireCall) => Response | Promise<Response>

  const routes: Readonly<Record<string, Route>> = {
    'GET connect': connect,
    'GET connectionState': connectionState,
    'POST restart': restart,
    'DELETE logout': logout,
  }

  function answer(call: WireCall): Response | Promise<Response> {
    const { request, path } = call
    const key = request.headers.get('apikey')
    const isKnown = key === apiKey || key === token
    const list = path === '/instance/fetchInstances' && request.method === 'GET'
    if (list) return isKnown ? fetchInstances(call) : faults.unauthorized()
    const [, action, name = ''] = /^\/instance\/([^/]+)\/([^/]+)$/.exec(path) ?? []
    const route = routes[`${request.method} ${action}`]
    if (!route) return problem(404, 'Not Found', [`Cannot ${request.method} ${path}`])
    // In this order: whoever asks for another instance learns nothing about the key.
    if (decodeURIComponent(name) !== instanceName) return unknownInstance(name)
    return isKnown ? route(call) : faults.unauthorized()
  }

  return createWire(emulator, { faults, pathOf, answer }, options)
}

function pathOf({ pathname }: URL): string | null {
  return /\/instance\/.+$/.exec(pathname)?.[0] ?? null
}

function unknownInstance(name: string): Response {
  return problem(404, 'Not Found', [`The "${name}" instance does not exist`])
}

/** An error as the server writes it: the message is a text or a list of them. */
function problem(status: number, error: string, message: string | readonly string[]): Response {
  return json({ status, error, response: { message } }, status)
}
