import { PairingError, toPairingError } from '../core/errors.js'
import { asRecord, asText } from '../core/json.js'
import { normalizePhoneNumber } from '../core/phone-number.js'
import type { PairingProvider, PairingSnapshot } from '../core/provider.js'
import { ASK_PARAMETER, decodeSnapshot, encodeSnapshot } from '../core/wire.js'
import { checkOrigin } from './check-origin.js'
import { readJson } from './read-json.js'
import { noContent, problem, snapshotAnswer } from './responses.js'

/** Options of {@link createPairingHandler}. */
export interface PairingHandlerOptions {
  /**
   * The provider to link at, or a function that gives the one of this request: one instance per tenant. Make
   * providers once and keep them: requests of one provider object never overlap.
   */
  readonly provider: PairingProvider | ((request: Request) => PairingProvider | Promise<PairingProvider>)
  /**
   * Decides who may link. Called before anything else, for every request. `false` answers 403, a thrown error 401;
   * neither gives a detail. Where it needs the body, it reads that of `request.clone()`.
   */
  readonly authorize: (request: Request) => boolean | Promise<boolean>
  /**
   * Origins beside the server's own whose pages may use the handler: `https://app.example`. Answers carry no CORS
   * headers: where pages of another origin are to read them, add those in front of the handler.
   * @default none
   */
  readonly allowedOrigins?: readonly string[] | undefined
}

/** The server side of `proxy`: a function from `Request` to `Response`, for any runtime that has these two. */
export type PairingHandler = (request: Request) => Promise<Response>

/**
 * Keeps the provider's credentials on the server. `GET ?ask=status` and `GET ?ask=qr-code` read; `POST` with a JSON
 * body `{ "action": "request-pairing-code" | "reset" | "unlink", "phoneNumber"? }` changes. No cache keeps an answer, and
 * an error is problem+json with a code of ours and nothing of the provider's.
 *
 * Mount it under any path, behind your own sign-in.
 *
 * @example
 * const handler = createPairingHandler({ provider: greenApi({ idInstance, apiTokenInstance }), authorize })
 */
export function createPairingHandler({
  provider,
  authorize,
  allowedOrigins = [],
}: PairingHandlerOptions): PairingHandler {
  // From JavaScript, where nobody checks: a door that cannot be shut must not be hung.
  if (!provider || typeof authorize !== 'function') {
    throw new PairingError(
      'invalid-options',
      'createPairingHandler() needs a "provider" and an "authorize" function.',
    )
  }
  return async (request) => {
    try {
      await checkAuthorized(authorize, request)
      const change = request.method === 'POST'
      if (!change && request.method !== 'GET')
        return problem(new PairingError('invalid-request', 'Use GET or POST.'), 405)
      checkOrigin(request, allowedOrigins)
      const body = change ? await readJson(request) : undefined
      const target = typeof provider === 'function' ? await provider(request) : provider
      const snapshot = change ? await act(target, asRecord(body), request.signal) : await ask(target, request)
      // Decoded first: what a host's own provider returns beside the fields of a snapshot must not leave the server.
      return snapshot ? snapshotAnswer(encodeSnapshot(decodeSnapshot(snapshot), target)) : noContent()
    } catch (error) {
      return problem(toPairingError(error))
    }
  }
}

async function checkAuthorized(
  authorize: PairingHandlerOptions['authorize'],
  request: Request,
): Promise<void> {
  let allowed: boolean
  try {
    allowed = await authorize(request)
  } catch {
    throw new PairingError('sign-in-required', 'The host does not know who is asking. Sign in again.')
  }
  // Strictly true: an `authorize` that forgets to return must not open the door.
  if (allowed !== true)
    throw new PairingError('forbidden', 'The host does not allow this user to link a phone.')
}

function ask(provider: PairingProvider, request: Request): Promise<PairingSnapshot> {
  const { signal } = request
  switch (new URL(request.url).searchParams.get(ASK_PARAMETER)) {
    case 'status':
      return provider.getStatus({ signal })
    case 'qr-code':
      return provider.getQrCode({ signal })
    default:
      throw new PairingError(
        'invalid-request',
        `A read needs ?${ASK_PARAMETER}=status or ?${ASK_PARAMETER}=qr-code.`,
      )
  }
}

async function act(
  provider: PairingProvider,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<PairingSnapshot | undefined> {
  switch (body.action) {
    case 'request-pairing-code': {
      if (!provider.requestPairingCode) throw unsupported('pairing codes')
      return provider.requestPairingCode(normalizePhoneNumber(asText(body.phoneNumber) ?? ''), { signal })
    }
    case 'reset':
      if (!provider.reset) throw unsupported('a reset')
      return void (await provider.reset({ signal }))
    case 'unlink':
      if (!provider.unlink) throw unsupported('ending a link')
      return void (await provider.unlink({ signal }))
    default:
      throw new PairingError(
        'invalid-request',
        'A change needs an "action" of this handler in its JSON body.',
      )
  }
}

function unsupported(ability: string): PairingError {
  return new PairingError('not-supported', `The provider of this session does not offer ${ability}.`)
}
