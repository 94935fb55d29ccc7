import { decodePasskeyAssertion, type PasskeyAssertion } from '../../core/passkey.js'
import type { Emulator } from '../emulator.js'
import { json, type MockServerCall } from './create-mock-server.js'

type Route = (call: MockServerCall) => Response | Promise<Response>

const NO_CHALLENGE = 'No passkey challenge is pending'
const NO_CONFIRMATION = 'No passkey confirmation is pending'

/**
 * WAHA's requests of a passkey ceremony, by method and path below the session:
 * https://waha.devlike.pro/docs/how-to/sessions/#passkey
 *
 * @param problem An error in WAHA's form.
 */
export function wahaPasskeyRoutes(
  emulator: Emulator,
  problem: (status: number, message: string) => Response,
): Readonly<Record<string, Route>> {
  function getChallenge(): Response {
    const { state } = emulator
    return state.status === 'passkey-required' && state.step !== 'confirm'
      ? json(state.challenge)
      : problem(422, NO_CHALLENGE)
  }

  /** 201 means that the answer was sent. WhatsApp does not respond to a wrong answer. */
  async function respond({ request }: MockServerCall): Promise<Response> {
    let assertion: PasskeyAssertion
    try {
      assertion = decodePasskeyAssertion(await request.json())
    } catch {
      return problem(400, 'rawId should not be empty')
    }
    const result = emulator.answerPasskey(assertion)
    return !result.ok && result.reason === 'no-passkey-required' ? problem(422, NO_CHALLENGE) : created()
  }

  function codeToCompare(): string | undefined {
    const { state } = emulator
    return state.status === 'passkey-required' ? state.code : undefined
  }

  function getConfirmation(): Response {
    const code = codeToCompare()
    return code === undefined ? problem(422, NO_CONFIRMATION) : json({ code })
  }

  function confirm(): Response {
    return emulator.confirmPasskey(codeToCompare() ?? '').ok ? created() : problem(422, NO_CONFIRMATION)
  }

  return {
    'GET auth/passkey/challenge': getChallenge,
    'POST auth/passkey': respond,
    'GET auth/passkey/confirmation': getConfirmation,
    'POST auth/passkey/confirm': confirm,
  }
}

const created = (): Response => new Response(null, { status: 201 })
