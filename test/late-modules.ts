// The modules that the package loads on demand. Loading takes real time, and fake timers do not wait for it.
// Therefore one page reads one picture before the tests of a file begin.
import 'qr'
import '../src/client/live-events.js'
import '../src/core/session-report.js'
import '../src/poller/connect-provider.js'
import '../src/providers/lib/green-api-socket.js'
import { loadLater, proxy } from '../src/client/proxy.js'
import { createPollerRegistry } from '../src/poller/registry.js'
import { greenApi } from '../src/providers/green-api.js'
import { loadLaterSession } from '../src/react/session/load-later-session.js'
import { createHandler } from '../src/server/handler.js'
import { createEmulator, mockGreenApi } from '../src/testing.js'

const instance = { idInstance: '1101000001', apiTokenInstance: 'secret-of-no-test' }
const { fetch } = mockGreenApi(createEmulator(), instance)
const handler = createHandler(
  { provider: greenApi({ ...instance, fetch, dangerouslyAllowBrowser: true }), authorize: () => true },
  createPollerRegistry(),
)
const { connection } = proxy({
  url: 'https://host.example/pairing',
  fetch: (input, init) => handler(new Request(`${input}`, init)),
})
await Promise.all([loadLater(), loadLaterSession()])
await connection.read({ want: 'code', method: 'qr' })
await handler.close()
