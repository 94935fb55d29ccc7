import './setup-render.js'

// In jsdom a state change outside `act` is a mistake in the test. In a real browser, where users act, it is not.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })

// Tests of one file share a process, and with it every channel: where tabs talk, the test brings its own.
Reflect.deleteProperty(globalThis, 'BroadcastChannel')
