// @ts-check

/** The sessions of the app. In your server, use a store, and cookie values that cannot be guessed. */
const users = new Map([
  ['demo-admin', { mayLinkPhones: true }],
  ['demo-agent', { mayLinkPhones: false }],
])

/**
 * The signed-in user, from the cookie `session`.
 *
 * @param {string | null | undefined} cookies The `Cookie` header.
 */
export function userOf(cookies) {
  const [, session = ''] = /(?:^|;\s*)session=([^;]*)/.exec(cookies ?? '') ?? []
  return users.get(session)
}
