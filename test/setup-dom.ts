// This import comes before all modules that use these globals.
import './jsdom-globals.js'
import { loadLater } from '../src/client/proxy.js'
import { useLaterParts } from '../src/react/parts/use-later-parts.js'
import { loadLaterSession } from '../src/react/session/load-later-session.js'
import './setup-render.js'
import { act } from '@testing-library/react'
import { wrapSteps } from './time.js'

// In jsdom, a state change outside `act` is an error in the test. In a real browser, it is normal.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
wrapSteps((work) => (Reflect.get(globalThis, 'IS_REACT_ACT_ENVIRONMENT') ? act(work) : work()))

// These modules are loaded on demand in real time, and fake timers do not wait for that.
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

// Also loads the parts that appear after the first code.
useLaterParts.load()
