import type { PairingError } from '../../core/errors.js'
import { asAmount, asRecord, parseForeignJson } from '../../core/json.js'
import { decodePasskeyChallenge, type PasskeyHandoff } from '../../core/passkey.js'
import { asPasskeyCode } from '../../core/passkey-step.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { createPasskeyMemory, passkeyExpired, passkeyRefused } from './passkey-memory.js'
import type { ProviderResponse } from './request.js'

// https://developer.z-api.io/en/instance/passkey-prologue, reset-passkey-challenge, extension-token

/** The provider's name in messages. */
export const NAME = 'Z-API'

/** The extension *Z-API Conector*, as Z-API's guide for it links it: https://developer.z-api.io/en/tips/extension-guide */
const INSTALL_URL = 'https://chromewebstore.google.com/detail/iopmkohngoecmepoheapifkafbeomphn'

/** Documented: a code for the extension lives at most five minutes. */
const HANDOFF_MS = 300_000

type Calls = Required<
  Pick<PairingProvider, 'getPasskeyChallenge' | 'answerPasskey' | 'getPasskeyHandoff' | 'resetPasskey'>
>

/** The passkey ceremony of an instance. Its state does not report it, so it is remembered until something ends it. */
export interface ZApiPasskeys extends Calls {
  /** The state in a response that has a challenge instead of a code; `undefined` for any other. */
  begin(response: ProviderResponse, options: RequestOptions): PairingSnapshot | undefined
  /** The state of a disconnected instance: that of its ceremony, or `undefined` without one. */
  state(options: RequestOptions): PairingSnapshot | undefined
  /** A code, a link or a reset ended it. */
  end(options: RequestOptions): void
}

interface ZApiPasskeyOptions {
  /** Requests the QR code; a challenge may replace it in the response. */
  readonly getQrCode: (options: RequestOptions) => Promise<ProviderResponse>
  readonly get: (path: string, options: RequestOptions) => Promise<ProviderResponse>
  readonly post: (path: string, options: RequestOptions, body: object) => Promise<ProviderResponse>
  /** The error of an undocumented response. */
  readonly errorOf: (response: ProviderResponse) => PairingError
  /** Restarts the instance, if it could not end its ceremony. */
  readonly restart: (options: RequestOptions) => Promise<void>
}

/** Makes the passkey part of the adapter. */
export function createZApiPasskeys({
  getQrCode,
  get,
  post,
  errorOf,
  restart,
}: ZApiPasskeyOptions): ZApiPasskeys {
  const ceremonies = createPasskeyMemory()

  const state: ZApiPasskeys['state'] = (options) => {
    const ceremony = ceremonies.last(options)
    if (!ceremony || ceremony.expiresInMs === 0) return undefined
    const { isSent, expiresInMs } = ceremony
    return { status: 'passkey-required', step: isSent ? 'submitted' : 'assert', expiresInMs }
  }

  return {
    begin(response, options) {
      const { challenge } = asRecord(response.json)
      if (!challenge) return undefined
      ceremonies.begin(options, asAmount(asRecord(challenge).timeout))
      return state(options)
    },
    state,
    end: ceremonies.end,
    // Only this request returns it, and it is not stored.
    async getPasskeyChallenge(options) {
      const response = await getQrCode(options)
      const { challenge } = asRecord(response.json)
      if (!challenge) {
        const error = errorOf(response)
        // The response has a code or a state instead.
        const isOther = response.json instanceof Object && !Array.isArray(response.json)
        throw response.ok && isOther && error.code === 'invalid-answer' ? passkeyExpired(NAME) : error
      }
      const { expiresInMs } = ceremonies.begin(options, asAmount(asRecord(challenge).timeout))
      const text = typeof challenge === 'string' ? parseForeignJson(challenge) : challenge
      return decodePasskeyChallenge({ options: text, expiresInMs })
    },
    async answerPasskey(assertion, options) {
      const response = await post('passkey-prologue', options, assertion)
      const { success } = asRecord(response.json)
      // The reason is a text of the provider, which no error may repeat.
      if (success === false) throw passkeyRefused(NAME)
      if (!response.ok || success !== true) throw errorOf(response)
      ceremonies.sent(options)
    },
    async getPasskeyHandoff(options): Promise<PasskeyHandoff> {
      const sentAt = Date.now()
      const response = await get('extension-token', options)
      const { token, expiresAt } = asRecord(response.json)
      const code = asPasskeyCode(token)
      if (!response.ok || !code) throw errorOf(response)
      const leftMs = (asAmount(expiresAt) ?? 0) - (response.date ?? sentAt)
      // If a clock is wrong, the documented time is used.
      const isPlausible = leftMs > 0 && leftMs <= HANDOFF_MS
      return {
        kind: 'code',
        code,
        expiresAt: sentAt + (isPlausible ? leftMs : HANDOFF_MS),
        installUrl: INSTALL_URL,
      }
    },
    async resetPasskey(options) {
      const response = await post('reset-passkey-challenge', options, {})
      const { success } = asRecord(response.json)
      // Documented: the challenge has ended, but the instance could not be restarted.
      if (success === false) await restart(options)
      else if (!response.ok || success !== true) throw errorOf(response)
      ceremonies.end(options)
    },
  }
}
