/**
 * Everything that could be printed, logged or sent of a value: fields, hidden ones too, getters, message, causes, JSON.
 *
 * @param without Names of fields to leave out, at any depth.
 */
export function everythingIn(value: unknown, without: readonly string[] = []): string {
  const seen = new Set<unknown>()
  const parts: string[] = []
  const kept = (key: string, field: unknown): unknown => (without.includes(key) ? undefined : field)

  function visit(current: unknown): void {
    const isObject = (typeof current === 'object' && current !== null) || typeof current === 'function'
    if (!isObject) parts.push(String(current))
    if (!isObject || seen.has(current)) return
    seen.add(current)
    // A function's own text is the adapter's source.
    if (typeof current === 'object')
      parts.push(attempt(() => String(current)) ?? '', attempt(() => JSON.stringify(current, kept)) ?? '')
    if (current instanceof Map || current instanceof Set) for (const entry of current) visit(entry)
    for (const key of keysOf(current)) {
      if (typeof key === 'string' && without.includes(key)) continue
      parts.push(String(key))
      visit(attempt(() => Reflect.get(current, key)))
    }
  }

  visit(value)
  return parts.join('\n')
}

/** Own fields, and the getters of the classes above. */
function keysOf(value: object): readonly PropertyKey[] {
  const keys = Reflect.ownKeys(value)
  for (
    let holder: unknown = Reflect.getPrototypeOf(value);
    holder instanceof Object && holder !== Object.prototype && holder !== Function.prototype;
    holder = Reflect.getPrototypeOf(holder)
  ) {
    for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(holder)))
      if (get) keys.push(key)
  }
  return keys
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
