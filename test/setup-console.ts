import failOnConsole from 'vitest-fail-on-console'

failOnConsole({
  shouldFailOnError: true,
  shouldFailOnWarn: true,
  // The package's messages for developers. Tests cause faults on purpose, and tests of these messages check
  // them.
  silenceMessage: (message) => message.startsWith('[whatsapp-pairing]'),
})
