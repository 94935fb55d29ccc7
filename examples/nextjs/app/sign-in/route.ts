/** The host's own sign-in. This one needs no password. */
export function POST(): Response {
  const cookie = 'session=demo-admin; Path=/; HttpOnly; SameSite=Lax'
  return new Response(null, { status: 303, headers: { location: '/pair', 'set-cookie': cookie } })
}
