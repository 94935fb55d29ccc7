// A process of its own, in plain JavaScript over `dist`, with one provider. It gets commands over IPC; the messages of
// its bus go the same way.
import { WA_CERT_DETAILS } from 'baileys'

const [waWebSocketUrl = '', rootKey = '', authFolder = '', hasBus] = process.argv.slice(2)
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex')

const { baileys } = await import(new URL('../../dist/providers/baileys.js', import.meta.url).href)

/** @type {Set<(channel: string, message: string) => void>} */
const listeners = new Set()
const bus = {
  /** @param {string} channel @param {string} message */
  publish: (channel, message) => void process.send?.({ channel, message }),
  /** @param {string} channel @param {(message: string) => void} listener */
  subscribe(channel, listener) {
    /** @param {string} other @param {string} message */
    const take = (other, message) => other === channel && listener(message)
    listeners.add(take)
    return () => listeners.delete(take)
  },
}

const socketOptions = { waWebSocketUrl }
const provider = baileys({ authFolder, socketOptions, ...(hasBus && { bus }) })

/** @param {{ id?: string, call?: string, args?: unknown[], channel?: string, message?: string }} order */
async function obey({ id, call, args = [], channel, message }) {
  if (channel !== undefined && message !== undefined) {
    for (const take of listeners) take(channel, message)
    return
  }
  if (call === 'subscribe') {
    provider.subscribe((/** @type {unknown} */ pushed) => process.send?.({ pushed }), {})
    return
  }
  try {
    process.send?.({ id, value: await provider[call ?? ''](...args, {}) })
  } catch (error) {
    const { code, message: text } = /** @type {{ code?: string, message?: string }} */ (error)
    process.send?.({ id, code, text })
  }
  // Nothing but IPC may keep the process alive now.
  if (call === 'close') process.disconnect()
}
process.on('message', obey)
process.send?.({ isReady: true })
