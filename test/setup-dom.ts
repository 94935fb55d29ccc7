// Before all that uses them.
import './jsdom-globals.js'
import { loadLater } from '../src/client/proxy.js'
import { useLaterParts } from '../src/react/parts/use-later-parts.js'
import { loadLaterSession } from '../src/react/session/load-later-session.js'
import './setup-render.js'

// In jsdom a state change outside `act` is a mistake in the test. In a real browser, where users act, it is not.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

// Loaded when they are needed, which takes real time: fake timers would not wait for it.
await Promise.all([
  loadLater(),
  loadLaterSession(),
  import('../src/react/parts/later-parts.js'),
  import('../src/react/parts/phone-assist.js'),
  import('../src/react/parts/qr-svg.js'),
  import('../src/react/parts/trouble-list.js'),
  import('../src/locales/troubleshooting/en.js'),
  import('./late-modules.js'),
])

// Also the parts that follow the first code.
useLaterParts.load()
