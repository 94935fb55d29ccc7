import { beforeAll, describe, expect, it } from 'vitest'
import { isLong } from '../long-runs.js'
import { loadEverything } from '../react/user.js'
import { columns, type Fault } from './fault.js'
import { faults, isAsAtGreenApi, isAsWithQrCode } from './faults.js'
import type { Service } from './provider-side.js'
import { type Outcome, runFault } from './run-fault.js'

declare module 'vitest' {
  interface TaskMeta {
    /** For `npm run bench -- faults`, which prints the matrix. */
    fault?: Pick<Outcome, 'end'> &
      Pick<Fault, 'name' | 'when'> & { readonly line: number; readonly column: string }
  }
}

/** Emulating half an hour or more takes a fraction of a second on an idle processor. */
const TIMEOUT_MS = 30_000

/** Defines the tests of the matrix for one provider. */
export function describeFaults(provider: Service): void {
  beforeAll(loadEverything)
  for (const [column, id, method] of columns.filter(([, id]) => id === provider)) {
    describe(column, { timeout: TIMEOUT_MS }, () => {
      const walked = new Set<string>()
      for (const fault of faults) {
        const end = fault.ends[column]
        if (!end) continue
        const { name, when, code } = fault
        const sort = `${code}, ${when}: ${end}`
        const isRepeated =
          isAsAtGreenApi(fault, column, method) ||
          isAsWithQrCode(fault, id, method) ||
          (code && walked.has(sort))
        if (isRepeated && !isLong) continue
        walked.add(sort)
        it(`ends in ${end}: ${name}, ${when}`, async ({ task }) => {
          const outcome = await runFault(fault, id, method)
          task.meta.fault = { line: faults.indexOf(fault), name, when, column, end: outcome.end }
          expect(outcome).toEqual({ end, broken: [] })
        })
      }
    })
  }
}
