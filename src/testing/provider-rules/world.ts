import type { PairingProvider } from '../../core/provider.js'
import { createEmulator, type Emulator } from '../emulator.js'
import { createServer, type Server } from './server.js'
import { type ProviderSituation, situationNames, situations } from './situation.js'
import type { ProviderUnderTest } from './subject.js'

/** A provider, its server and the account behind it: what one test plays with. */
export interface World {
  readonly provider: PairingProvider
  readonly server: Server
  readonly emulator: Emulator
  /** Lets time pass, for the account alone. */
  pass(ms: number): void
}

/**
 * Makes a world in which something is going on.
 *
 * @param clock By default time stands still: on a slow machine a code would pass in the middle of a test.
 */
export function createWorld(
  subject: ProviderUnderTest,
  situation: ProviderSituation = 'unlinked',
  clock: { now(): number } = stopped(Date.now()),
): World {
  let passedMs = 0
  const pass = (ms: number): void => {
    passedMs += ms
  }
  const emulator = createEmulator({
    now: () => clock.now() + passedMs,
    // A response that its server holds takes time for the account alone: the rules count calls, not seconds.
    wait: async (ms, signal) => {
      signal?.throwIfAborted()
      pass(ms)
    },
    seed: 7,
  })
  const answer = subject.mockServer?.(emulator) ?? subject.answers?.[situation] ?? unreachable
  situations[situation].arrange(emulator, pass)
  const server = createServer(answer)
  return { provider: subject.create({ fetch: server.fetch, emulator }), server, emulator, pass }
}

/** The situations that can be brought about. */
export function situationsOf({ mockServer, answers }: ProviderUnderTest): readonly ProviderSituation[] {
  return situationNames().filter((name) => mockServer || !answers || answers[name])
}

/** Whether it talks to a server that the suite can spoil. */
export function hasServer({ mockServer, answers }: ProviderUnderTest): boolean {
  return mockServer !== undefined || answers !== undefined
}

/** Whether the emulated account is behind it: otherwise nothing that is done to a phone reaches the provider. */
export function hasAccount({ mockServer, answers }: ProviderUnderTest): boolean {
  return mockServer !== undefined || answers === undefined
}

function stopped(time: number): { now(): number } {
  return { now: () => time }
}

function unreachable(): never {
  throw new TypeError('fetch failed')
}
