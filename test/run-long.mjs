// @ts-check
// `npm run test:long` runs properties, random schedules, fuzz tests, leak tests and the fault matrix of each
// provider with many more runs. Arguments select the files whose path contains one of them: `npm run
// test:long -- random-`.
import { startVitest } from 'vitest/node'

process.env.TEST_RUNS = 'long'

const chosen = process.argv.slice(2)

const vitest = await startVitest(
  'test',
  chosen.length > 0
    ? chosen
    : [
        'test/faults',
        'test/core',
        'test/client',
        'test/poller',
        'test/testing/emulator',
        'test/server/pairing-link',
        'test/server/redis-bus',
        'test/react/phone-library',
        'test/providers/fuzz',
        'test/providers/evolution-logins',
        'test/react/fuzz-page',
        'test/react/transient-errors',
        'test/react/leaks',
      ],
  { watch: false, project: ['node', 'dom'] },
)
await vitest.close()
