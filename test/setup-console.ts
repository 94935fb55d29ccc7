import { beforeEach } from 'vitest'
import failOnConsole from 'vitest-fail-on-console'

failOnConsole({
  shouldFailOnError: true,
  shouldFailOnWarn: true,
  // What the package prints for developers. Tests provoke faults on purpose; those about the reports look at them.
  silenceMessage: (message) => message.startsWith('[whatsapp-pairing]'),
})

// What is known of an instance of Evolution API is shared by all adapters of a process, and tests use one name often.
beforeEach(() => void Reflect.deleteProperty(globalThis, Symbol.for('whatsapp-pairing.evolution-api')))
