import { http } from 'msw'
import { createEmulator, mockZApi } from 'whatsapp-pairing/testing'

/** The environment variables of your server. */
export const instance = { instanceId: '3C0FFEE0EMULATED', token: 'secret' }

/** The phone: `phone.scan()`, `phone.typeCode(code)`. */
export const phone = createEmulator({ linkingMs: 0 })

const zApi = mockZApi(phone, instance)

/** `setupServer(...handlers)` in Node, `setupWorker(...handlers)` in a browser. */
export const handlers = [http.all('https://api.z-api.io/*', ({ request }) => zApi.fetch(request))]
