// A separate process with one provider at a time, in plain JavaScript over `dist`. It receives commands and bus messages over
// IPC.
import { WA_CERT_DETAILS } from 'baileys'

const [rootKey = ''] = process.argv.slice(2)
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

/** @type {ReturnType<typeof baileys>} */
let provider

/**
 * @param {{ id?: string, call?: string, args?: unknown[], channel?: string, message?: string,
 *   open?: { url: string, folder: string, hasBus: boolean }, isLast?: boolean }} order
 */
async function obey({ id, call, args = [], channel, message, open, isLast }) {
  if (open) {
    const socketOptions = { waWebSocketUrl: open.url }
    provider = baileys({ authFolder: open.folder, socketOptions, ...(open.hasBus && { bus }) })
    return
  }
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
    // From now on only IPC may keep the process alive.
    if (isLast) process.disconnect()
  } catch (error) {
    const { code, message: text } = /** @type {{ code?: string, message?: string }} */ (error)
    process.send?.({ id, code, text })
  }
}
process.on('message', obey)
process.send?.({ isReady: true })
