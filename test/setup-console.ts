import failOnConsole from 'vitest-fail-on-console'

failOnConsole({
  shouldFailOnError: true,
  shouldFailOnWarn: true,
  // What the package prints for developers. Tests provoke faults on purpose; those about the reports look at them.
  silenceMessage: (message) => message.startsWith('[whatsapp-pairing]'),
})
