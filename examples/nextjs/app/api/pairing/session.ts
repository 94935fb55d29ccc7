export interface User {
  readonly mayLinkPhones: boolean
}

/** The sessions of the app. In your app, use a store, and cookie values that cannot be guessed. */
const users: ReadonlyMap<string, User> = new Map([
  ['demo-admin', { mayLinkPhones: true }],
  ['demo-agent', { mayLinkPhones: false }],
])

/** The signed-in user, from the cookie `session`. */
export function userOf(request: Request): User | undefined {
  const [, session = ''] = /(?:^|;\s*)session=([^;]*)/.exec(request.headers.get('cookie') ?? '') ?? []
  return users.get(session)
}
