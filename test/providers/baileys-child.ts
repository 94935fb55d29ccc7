import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'vitest'
import { asRecord, asText } from '../../src/core/json.js'
import { testRootKey } from '../whatsapp-server/certificates.js'
import type { Setup } from './baileys-setup.js'

/** The outcome of a call of a provider in another process. */
export interface Outcome {
  readonly value?: unknown
  /** The code of the `PairingError`. */
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
  /** Waits until `getStatus()` returns this status. */
  until(status: string): Promise<void>
  /** Closes its provider. Nothing else may keep the process alive afterwards. */
  close(): Promise<void>
  kill(): Promise<void>
}

/** Processes that share a bus: each receives what one publishes. */
export interface Children {
  start(setup: Setup): Promise<Child>
  /** Closes their providers, and keeps the processes for the next test: starting one takes longer than most tests. */
  end(): Promise<void>
}

const idle: ChildProcess[] = []

/** Call it after the last test. */
export async function endIdleChildren(): Promise<void> {
  await Promise.all(idle.splice(0).map(kill))
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function startProcess(): Promise<ChildProcess> {
  const child = fork(`${import.meta.dirname}/baileys-process.mjs`, [testRootKey])
  await once(child, 'message')
  return child
}

export function createChildren({ hasBus = false } = {}): Children {
  const all: ChildProcess[] = []
  const closers: (() => Promise<unknown>)[] = []
  return {
    async start({ server, folder }) {
      const child = idle.pop() ?? (await startProcess())
      all.push(child)
      const waiting = new Map<string, (outcome: Outcome) => void>()
      const pushes: Readonly<Record<string, unknown>>[] = []
      let onPush = (): void => undefined
      const take = (message: unknown): void => {
        const { id, value, code, text, channel, pushed } = asRecord(message)
        if (channel !== undefined) {
          for (const other of all) if (other.connected) other.send(asRecord(message))
        } else if (pushed !== undefined) {
          pushes.push(asRecord(pushed))
          onPush()
        } else waiting.get(String(id))?.({ value, code: asText(code), text: asText(text) })
      }
      child.on('message', take)
      child.send({ open: { url: server.url, folder, hasBus } })
      const call: Child['call'] = (name, ...args) =>
        new Promise((resolve) => {
          const id = randomUUID()
          waiting.set(id, resolve)
          child.send({ id, call: name, args })
          if (name === 'subscribe') resolve({})
        })
      closers.push(async () => {
        if (!child.connected || child.signalCode !== null) return
        await call('close')
        child.off('message', take)
        idle.push(child)
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
        async close() {
          const exited = once(child, 'exit')
          child.send({ call: 'close', isLast: true })
          expect(await exited).toEqual([0, null])
        },
        kill: () => kill(child),
      }
    },
    async end() {
      await Promise.all(closers.splice(0).map((close) => close()))
    },
  }
}
