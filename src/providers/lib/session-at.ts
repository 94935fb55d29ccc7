/**
 * The id of a session on a self-hosted server: `waha.example.com:3000/default`. Two such servers may have sessions of
 * the same name, and a user who links a phone at one must not see the codes of the other.
 *
 * @param baseUrl The result of `baseUrlOption`: without user, query and fragment, which must not be in a query key.
 */
export function sessionAt(baseUrl: string, name: string): string {
  const { host, pathname } = new URL(baseUrl)
  return `${host}${pathname.replace(/\/$/, '')}/${encodeURIComponent(name)}`
}
