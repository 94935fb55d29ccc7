// app/routes/api.pairing.$.ts: the splat matches /api/pairing and, for webhooks, the paths below it.
import { handler } from './pairing-handler.js'

interface Arguments {
  readonly request: Request
}

/** GET */
export const loader = ({ request }: Arguments): Promise<Response> => handler(request)

/** POST */
export const action = ({ request }: Arguments): Promise<Response> => handler(request)
