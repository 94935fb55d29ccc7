/** The value of a JSON text; `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Responses and webhooks of providers are less than ten deep. */
const MAX_DEPTH = 32

/**
 * As {@link parseJson}, for text from outside. Deeply nested text is refused, because parsing it could block the process for a
 * second.
 */
export function parseForeignJson(text: string): unknown {
  return isTooDeep(text) ? undefined : parseJson(text)
}

function isTooDeep(text: string): boolean {
  let depth = 0
  let isInText = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (isInText && character === '\\') index += 1
    else if (character === '"') isInText = !isInText
    else if (isInText) continue
    else if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** An object with unknown fields; `{}` for everything else, so that reading a field never throws. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** A non-empty string, trimmed. A number becomes text: providers write phone numbers and ids both ways. */
export function asText(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined
}

/** An option of the app as text: JavaScript does not refuse the `null` or the number of a database. */
export function textOf(option: string | number | null | undefined): string | undefined {
  return option?.toString()
}

/** A finite number of zero or more. */
export function asAmount(value: unknown): number | undefined {
  // Not -0, which JSON does not keep.
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.abs(value) : undefined
}

/** An `https:` address without user name and password. */
export function asHttpsUrl(value: unknown): string | undefined {
  const text = asText(value)
  return text && text.length <= 2_000 && /^https:\/\/[^\s/@\\?#]+(?:[/?#][^\s"'<>\\]*)?$/i.test(text)
    ? text
    : undefined
}

/** The named fields that are finite numbers of zero or more. */
export function pickAmounts<Name extends string>(
  fields: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): { readonly [Key in Name]?: number } {
  const amounts: { [Key in Name]?: number } = {}
  for (const name of names) {
    const amount = asAmount(fields[name])
    if (amount !== undefined) amounts[name] = amount
  }
  return amounts
}
