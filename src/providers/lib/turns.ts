/** Runs tasks one after the other, even if one fails. */
export type Turns = <Value>(task: () => Promise<Value>) => Promise<Value>

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => undefined)
    return result
  }
}
