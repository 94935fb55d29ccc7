import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/**
 * Starts the server of an example as its README says, on a free port and without anybody's credentials, and gives the
 * address that it prints. Ends it after the test.
 */
export async function runExample(name: string): Promise<string> {
  const script = fileURLToPath(new URL(`../../examples/${name}/server.mjs`, import.meta.url))
  const child = spawn(process.execPath, [script], {
    env: { PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const [address] = /http:\/\/\S+/.exec(line) ?? []
    if (address) return address
  }
  child.stderr.setEncoding('utf8')
  throw new Error(`${name} ended before it listened:\n${await child.stderr.toArray()}`)
}
