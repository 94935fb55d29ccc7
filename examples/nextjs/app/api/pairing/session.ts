export interface User {
  readonly mayLinkPhones: boolean
}

/** The host's own sessions. In your app a store stands here, and the value of the cookie cannot be guessed. */
const users: ReadonlyMap<string, User> = new Map([
  ['demo-admin', { mayLinkPhones: true }],
  ['demo-agent', { mayLinkPhones: false }],
])

/** Who is signed in, by the cookie `session`. */
export function userOf(request: Request): User | undefined {
  const [, session = ''] = /(?:^|;\s*)session=([^;]*)/.exec(request.headers.get('cookie') ?? '') ?? []
  return users.get(session)
}
