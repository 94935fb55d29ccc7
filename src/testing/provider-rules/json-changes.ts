import { parseJson } from '../../core/json.js'

/** One field of a JSON text that is something else than it was. */
export interface Change {
  /** For messages: where, and what stands there now. */
  readonly title: string
  /** The whole text, changed. */
  readonly body: string
}

type Path = readonly (string | number)[]

/** More than the answers and webhooks of any provider have; a list of everything would take too long. */
const MAX_FIELDS = 60

/**
 * Every way in which one field of a JSON text may be something else: nothing, of another type, or `echo`. None where
 * the text is not JSON.
 */
export function changesOf(body: string, echo: string): readonly Change[] {
  const value = parseJson(body)
  return pathsIn(value)
    .slice(0, MAX_FIELDS)
    .flatMap((path) =>
      [null, 7, -1, '', 'text', echo, true, [], {}, [null]].map((other) => ({
        title: `${JSON.stringify(other === echo ? '…' : other)} at ${path.join('.') || 'the top'}`,
        body: JSON.stringify(replaced(value, path, other)),
      })),
    )
}

/** A response with the changed text in place of its own. */
export function withChange({ status, headers }: Response, { body }: Change): Response {
  return new Response(body, { status, headers })
}

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [path]
  const below = Object.entries(value).flatMap(([key, field]) =>
    pathsIn(field, [...path, Array.isArray(value) ? Number(key) : key]),
  )
  return [path, ...below]
}

function replaced(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other
  if (Array.isArray(value))
    return value.map((field, index) => (index === key ? replaced(field, rest, other) : field))
  const fields: Record<string, unknown> = { ...(value as object) }
  return { ...fields, [key]: replaced(fields[key], rest, other) }
}
