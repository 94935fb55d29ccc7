import { ForksPoolWorker, type PoolOptions, type PoolRunnerInitializer, type PoolTask } from 'vitest/node'

/**
 * A process that tests one file after the other, as long as no test has failed: what a failed one leaves behind, such as a render that it
 * has not waited for, must not fail the tests of other files.
 */
class SharedFork extends ForksPoolWorker {
  override readonly name = 'shared-forks'
  readonly #options: PoolOptions

  constructor(options: PoolOptions) {
    super(options)
    this.#options = options
  }

  canReuse({ context, project }: PoolTask): boolean {
    const isEqual = context.environment.name === this.#options.environment.name
    return isEqual && project.vitest.state.getCountOfFailedTests() === 0
  }
}

export const sharedForks: PoolRunnerInitializer = {
  name: 'shared-forks',
  createPoolWorker: (options) => new SharedFork(options),
}
