/**
 * The id of a session on a server of one's own: `waha.example.com:3000/default`. Each such server may have one of the
 * same name, and whoever links a phone at one of them must not be shown the codes of another.
 *
 * @param baseUrl As `baseUrlOption` gives it: without user, query and fragment, of which none may be in a query key.
 */
export function sessionAt(baseUrl: string, name: string): string {
  const { host, pathname } = new URL(baseUrl)
  return `${host}${pathname.replace(/\/$/, '')}/${encodeURIComponent(name)}`
}
