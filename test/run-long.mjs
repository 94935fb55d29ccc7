// @ts-check
// `npm run test:long`: random schedules, fuzz, leaks and the fault matrix at each provider, with many more runs than in `npm test`.
import { startVitest } from 'vitest/node'

process.env.TEST_RUNS = 'long'

const vitest = await startVitest(
  'test',
  [
    'test/faults',
    'test/providers/fuzz',
    'test/providers/evolution-logins',
    'test/react/fuzz-page',
    'test/react/transient-errors',
    'test/react/leaks',
  ],
  { watch: false, project: ['node', 'dom'] },
)
await vitest.close()
