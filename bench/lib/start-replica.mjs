import { fork } from 'node:child_process'
import { once } from 'node:events'

/** @typedef {import('./usage.mjs').Usage} Usage */

/**
 * The messages of a replica.
 *
 * @typedef {{ address?: { port: number }, usage?: Usage, linked?: string, busFailed?: boolean }} Message
 */

/**
 * A replica that can be ended and started again.
 *
 * @typedef {object} Replica
 * @property {() => string | undefined} url `undefined` while no process runs
 * @property {() => Promise<void>} start resolves when the replica listens
 * @property {(signal: 'SIGTERM' | 'SIGKILL') => Promise<number>} end resolves with its duration in milliseconds
 * @property {() => Promise<Usage>} measure
 */

/**
 * @param {object} options
 * @param {string} options.providerUrl
 * @param {string} options.redisUrl
 * @param {number} options.streamLifetimeMs
 * @param {(phoneNumber: string) => void} options.onLinked
 * @param {() => void} options.onBusFailed Redis did not reply in time, or refused
 * @returns {Promise<Replica>}
 */
export async function startReplica({ providerUrl, redisUrl, streamLifetimeMs, onLinked, onBusFailed }) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child
  /** @type {string | undefined} */
  let url
  /** @type {(usage: Usage) => void} */
  let measured = () => {}

  async function start() {
    const started = fork(
      new URL('./replica.mjs', import.meta.url),
      [providerUrl, redisUrl, String(streamLifetimeMs)],
      { execArgv: ['--expose-gc'], env: { ...process.env, NODE_ENV: 'production' } },
    )
    child = started
    await new Promise((resolve, reject) => {
      started.on('exit', () => reject(new Error('A replica ended by itself.')))
      started.on('message', (/** @type {Message} */ { address, usage, linked, busFailed }) => {
        if (linked !== undefined) onLinked(linked)
        if (busFailed) onBusFailed()
        if (usage) measured(usage)
        if (!address) return
        url = `http://127.0.0.1:${address.port}`
        resolve(undefined)
      })
    })
  }

  await start()
  return {
    url: () => url,
    start,
    async end(signal) {
      if (!child) return 0
      const startedAt = performance.now()
      const exited = once(child, 'exit')
      url = undefined
      child.kill(signal)
      await exited
      child = undefined
      return performance.now() - startedAt
    },
    measure: () =>
      new Promise((resolve) => {
        measured = resolve
        child?.send('measure')
      }),
  }
}
