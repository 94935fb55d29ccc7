// @ts-check

/** The host's own sessions. In your server a store stands here, and the value of the cookie cannot be guessed. */
const users = new Map([
  ['demo-admin', { mayLinkPhones: true }],
  ['demo-agent', { mayLinkPhones: false }],
])

/**
 * Who is signed in, by the cookie `session`.
 *
 * @param {string | null | undefined} cookies The `Cookie` header.
 */
export function userOf(cookies) {
  const [, session = ''] = /(?:^|;\s*)session=([^;]*)/.exec(cookies ?? '') ?? []
  return users.get(session)
}
