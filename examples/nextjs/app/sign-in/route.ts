/** The sign-in of the app. This example needs no password. */
export function POST(): Response {
  const cookie = 'session=demo-admin; Path=/; HttpOnly; SameSite=Lax'
  return new Response(null, { status: 303, headers: { location: '/pair', 'set-cookie': cookie } })
}
