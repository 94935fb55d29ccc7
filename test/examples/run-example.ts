import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** The server of an example in a separate process. */
export interface ExampleProcess {
  /** The URL that the example prints. */
  readonly url: string
  /** Sends SIGTERM, as a process manager does. Resolves with the time until the process exits, in milliseconds. */
  terminate(): Promise<number>
}

/**
 * Starts the server of an example as its README describes, on a free port. It has no credentials unless `env`
 * sets them. The server ends after the test.
 */
export async function runExample(name: string, env: NodeJS.ProcessEnv = {}): Promise<ExampleProcess> {
  const script = fileURLToPath(new URL(`../../examples/${name}/server.mjs`, import.meta.url))
  const child = spawn(process.execPath, [script], {
    env: { PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/\S+/.exec(line) ?? []
    if (!url) continue
    return {
      url,
      async terminate() {
        const askedAt = performance.now()
        child.kill('SIGTERM')
        await ended
        return performance.now() - askedAt
      },
    }
  }
  child.stderr.setEncoding('utf8')
  throw new Error(`${name} ended before it listened:\n${await child.stderr.toArray()}`)
}
