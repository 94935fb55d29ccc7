import { it } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** For the table of `npm run bench -- attacks`. */
    attack?: {
      readonly item: string
      readonly name: string
      readonly before: string
      readonly figure: string
    }
  }
}

/** One attack. */
export interface Attack {
  /** As the review numbers it (`B1`, `M1`, `m1`), or `N1` and so on for one that is not in it. */
  readonly item: string
  readonly name: string
  /** What it did before the repair. */
  readonly before: string
}

/** Tests that an attack does nothing. The returned figure stands in the table. */
export function attack(of: Attack, run: () => Promise<string>): void {
  it(`${of.item} ${of.name}`, async ({ task }) => {
    task.meta.attack = { ...of, figure: await run() }
  })
}
