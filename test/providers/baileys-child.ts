import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { asRecord, asText } from '../../src/core/json.js'
import { testRootKey } from '../whatsapp-server/certificates.js'
import type { World } from './baileys-world.js'

/** What a call of a provider in another process came to. */
export interface Outcome {
  readonly value?: unknown
  /** Of the `PairingError`. */
  readonly code?: string | undefined
  readonly text?: string | undefined
}

/** A process with one provider for the folder of a test setup. */
export interface Child {
  readonly process: ChildProcess
  call(name: string, ...args: readonly unknown[]): Promise<Outcome>
  /** The next pushed snapshot with this status. Call `subscribe` first. */
  pushed(status: string): Promise<Readonly<Record<string, unknown>>>
  /** The status that `getStatus()` resolves with, or the code of its error. */
  status(): Promise<string | undefined>
  /** Until `getStatus()` says so. */
  until(status: string): Promise<void>
  kill(): Promise<void>
}

/** Processes that share a bus: what one publishes, all receive. */
export interface Children {
  start(world: World): Promise<Child>
  end(): Promise<void>
}

export function createChildren({ hasBus = false } = {}): Children {
  const all: ChildProcess[] = []
  return {
    async start({ server, folder }) {
      const script = `${import.meta.dirname}/baileys-process.mjs`
      const child = fork(script, [server.url, testRootKey, folder, hasBus ? 'bus' : ''])
      all.push(child)
      const waiting = new Map<string, (outcome: Outcome) => void>()
      const pushes: Readonly<Record<string, unknown>>[] = []
      let onPush = (): void => undefined
      child.on('message', (message) => {
        const { id, value, code, text, channel, pushed } = asRecord(message)
        if (channel !== undefined) {
          for (const other of all) if (other.connected) other.send(asRecord(message))
        } else if (pushed !== undefined) {
          pushes.push(asRecord(pushed))
          onPush()
        } else waiting.get(String(id))?.({ value, code: asText(code), text: asText(text) })
      })
      await once(child, 'message')
      const call: Child['call'] = (name, ...args) =>
        new Promise((resolve) => {
          const id = randomUUID()
          waiting.set(id, resolve)
          child.send({ id, call: name, args })
          if (name === 'subscribe') resolve({})
        })
      const status: Child['status'] = async () => {
        const { value, code } = await call('getStatus')
        return code ?? asText(asRecord(value).status)
      }
      return {
        process: child,
        call,
        status,
        async pushed(wanted) {
          for (;;) {
            for (let next = pushes.shift(); next; next = pushes.shift())
              if (next.status === wanted) return next
            await new Promise<void>((resolve) => {
              onPush = resolve
            })
          }
        },
        async until(wanted) {
          while ((await status()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50))
        },
        async kill() {
          const exited = once(child, 'exit')
          child.kill('SIGKILL')
          await exited
        },
      }
    },
    async end() {
      for (const child of all.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
    },
  }
}
