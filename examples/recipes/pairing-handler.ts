// app/pairing-handler.ts, on the server: one handler for the whole process.
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { createPairingHandler } from 'whatsapp-pairing/server'

const {
  GREEN_API_ID_INSTANCE: idInstance = '',
  GREEN_API_API_TOKEN_INSTANCE: apiTokenInstance = '',
  GREEN_API_API_URL: apiUrl,
} = process.env

/** Whether the user may link a phone, by your own sign-in. */
async function mayLinkPhones(request: Request): Promise<boolean> {
  return request.headers.get('cookie')?.includes('session=demo-admin') ?? false
}

export const handler = createPairingHandler({
  provider: greenApi({ idInstance, apiTokenInstance, apiUrl }),
  authorize: mayLinkPhones,
})
