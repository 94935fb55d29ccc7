/** Runs what it is given one after the other, whatever becomes of each. */
export type Turns = <Value>(task: () => Promise<Value>) => Promise<Value>

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => undefined)
    return result
  }
}
