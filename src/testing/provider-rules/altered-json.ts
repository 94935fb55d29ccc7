import { parseJson } from '../../core/json.js'

/** Responses and webhooks have fewer fields; a long list would take too long. */
const MAX_FIELDS = 60

const otherValues: readonly unknown[] = [null, 7, -1, '', 'text', true, [], {}, [null]]

/** Every way in which one field of a JSON text can have another type. None where the text is not JSON. */
export function alteredJson(text: string): readonly string[] {
  const value = parseJson(text)
  let count = 0
  JSON.stringify(value, (_key, field: unknown) => {
    count += 1
    return field
  })
  return Array.from({ length: value === undefined ? 0 : Math.min(count, MAX_FIELDS) }, (_, index) =>
    otherValues.map((other) => {
      let at = -1
      return JSON.stringify(value, (_key, field: unknown) => {
        at += 1
        return at === index ? other : field
      })
    }),
  ).flat()
}
