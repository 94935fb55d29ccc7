/** How long a browser may cache the response to a preflight request. */
const PREFLIGHT_LIFETIME_S = 600

/** Names of headers, as a browser lists them, so that no other header or line can be injected. */
const HEADER_NAMES = /^[\w-]+(?: *, *[\w-]+)*$/

/** Lets pages of an allowed origin read the response; every other response stays as it is. */
export function withCors(
  { headers }: Request,
  response: Response,
  allowedOrigins: readonly string[],
): Response {
  const origin = headers.get('origin')
  if (origin === null || !allowedOrigins.includes(origin)) return response
  response.headers.set('access-control-allow-origin', origin)
  response.headers.set('access-control-allow-credentials', 'true')
  response.headers.set('access-control-expose-headers', 'retry-after')
  return response
}

/** The response to a preflight request; `undefined` for other requests and other origins. */
export function preflightResponse(
  { method, headers }: Request,
  allowedOrigins: readonly string[],
): Response | undefined {
  const requestedMethod = headers.get('access-control-request-method')
  if (
    method !== 'OPTIONS' ||
    requestedMethod === null ||
    !allowedOrigins.includes(headers.get('origin') ?? '')
  )
    return undefined
  const wanted = headers.get('access-control-request-headers') ?? ''
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST',
      ...(HEADER_NAMES.test(wanted) && { 'access-control-allow-headers': wanted }),
      'access-control-max-age': String(PREFLIGHT_LIFETIME_S),
      vary: 'origin',
    },
  })
}
