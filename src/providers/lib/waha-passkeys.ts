import { PairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'
import { decodePasskeyChallenge } from '../../core/passkey.js'
import { asPasskeyCode } from '../../core/passkey-step.js'
import type { PairingProvider, PairingSnapshot, RequestOptions } from '../../core/provider.js'
import { createPasskeyMemory, passkeyExpired, passkeyFailure } from './passkey-memory.js'
import { isPage } from './provider-error.js'
import type { ProviderRequest, ProviderResponse } from './request.js'
import { NAME, type WahaSession } from './waha-session.js'

// https://waha.devlike.pro/docs/how-to/sessions/#passkey

/** NestJS's error for a path that only later versions have. */
const NO_ROUTE = /Cannot (?:GET|POST) /

/** The passkey ceremony of a session. */
export interface WahaPasskeys
  extends Required<Pick<PairingProvider, 'getPasskeyChallenge' | 'answerPasskey' | 'confirmPasskey'>> {
  /**
   * The snapshot of a session's ceremony; `undefined` without a ceremony.
   *
   * @throws {@link PairingError} `passkey-refused` or `passkey-expired` if the session failed with it
   */
  snapshot(session: WahaSession, options: RequestOptions): Promise<PairingSnapshot | undefined>
  /** Ends the ceremony when the session restarts. */
  end(options: RequestOptions): void
}

type SendRequest = (
  path: string,
  options: RequestOptions,
  more?: Pick<ProviderRequest, 'method' | 'body'>,
) => Promise<ProviderResponse>

/**
 * Makes the passkey part of the adapter.
 *
 * @param ask Sends a request to a path below `/auth/passkey`.
 * @param errorOf The error of any other response.
 */
export function createWahaPasskeys(
  call: SendRequest,
  errorOf: (response: ProviderResponse) => PairingError,
): WahaPasskeys {
  const ceremonies = createPasskeyMemory()

  /** Sends one request, without retries. Resolves with `undefined` if no ceremony is at this step. */
  async function send(...request: Parameters<SendRequest>): Promise<ProviderResponse | undefined> {
    const response = await call(...request)
    if (response.ok && !isPage(response)) return response
    if ((response.status === 404 && NO_ROUTE.test(response.text)) || response.status === 501)
      throw new PairingError(
        'not-supported',
        `This ${NAME} passes no passkeys on. Use version 2026.7.1 or later with the engine GOWS.`,
      )
    const error = errorOf(response)
    // 422 is documented for this, without a text.
    if (response.status === 422 && error.code === 'invalid-answer') return undefined
    throw error
  }

  /** The code that the phone shows too; `undefined` if none has to be compared any more. */
  async function codeToCompare(options: RequestOptions): Promise<string | undefined> {
    const response = await send('/confirmation', options)
    const code = response && asPasskeyCode(asRecord(response.json).code)
    if (response && !code) throw errorOf(response)
    return code
  }

  return {
    async snapshot({ status }, options) {
      switch (status) {
        case 'PASSKEY_REQUIRED': {
          const { isSent, expiresInMs } = ceremonies.begin(options)
          return { status: 'passkey-required', step: isSent ? 'submitted' : 'assert', expiresInMs }
        }
        case 'PASSKEY_CONFIRMATION_REQUIRED': {
          const { expiresInMs } = ceremonies.begin(options)
          const code = await codeToCompare(options)
          return code
            ? { status: 'passkey-required', step: 'confirm', code, expiresInMs }
            : { status: 'passkey-required', step: 'submitted', expiresInMs }
        }
      }
      const ceremony = ceremonies.last(options)
      // The session logs in after the passkey.
      if (ceremony?.isSent && status === 'STARTING') return { status: 'linking' }
      if (ceremony && status === 'FAILED') throw passkeyFailure(NAME, ceremony)
      ceremonies.end(options)
      return undefined
    },
    end: ceremonies.end,
    async getPasskeyChallenge(options) {
      const response = await send('/challenge', options)
      if (!response) throw passkeyExpired(NAME)
      const { expiresInMs } = ceremonies.begin(options)
      return decodePasskeyChallenge({ options: response.json, expiresInMs })
    },
    async answerPasskey({ id, rawId, type, response }, options) {
      const body = { id, rawId, type, response }
      if (!(await send('', options, { method: 'POST', body }))) throw passkeyExpired(NAME)
      ceremonies.sent(options)
    },
    async confirmPasskey(code, options) {
      if ((await codeToCompare(options)) !== code)
        throw new PairingError(
          'invalid-request',
          `${NAME} has another code to compare by now, or none. Show that one to the user first.`,
        )
      if (!(await send('/confirm', options, { method: 'POST' }))) throw passkeyExpired(NAME)
      ceremonies.sent(options)
    },
  }
}
