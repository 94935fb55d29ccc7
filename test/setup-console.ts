import { beforeEach } from 'vitest'
import failOnConsole from 'vitest-fail-on-console'

failOnConsole({ shouldFailOnError: true, shouldFailOnWarn: true })

// What is known of an instance of Evolution API is shared by all adapters of a process, and tests use one name often.
beforeEach(() => void Reflect.deleteProperty(globalThis, Symbol.for('whatsapp-pairing.evolution-api')))
