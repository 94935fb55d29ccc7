import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../../src')
const read = (file: string): string => readFileSync(join(src, file), 'utf8')

/** `QrCode` → `qr-code`. WhatsApp is one word. */
const kebab = (name: string): string =>
  name
    .replace('WhatsApp', 'Whatsapp')
    .replace(/(?<=[a-z])[A-Z]/g, '-$&')
    .toLowerCase()

/** `QrCode` → `PairingQrCode`. The part `PairingCode` already has the prefix. */
const exportOf = (slot: string): string => (slot.startsWith('Pairing') ? slot : `Pairing${slot}`)

/** Components of `whatsapp-pairing/parts`, by the file that defines them. */
const exported = [
  ...read('parts.ts').matchAll(/export \{([^}]*)\} from '\.\/react\/parts\/([\w-]+)\.js'/g),
].flatMap(([, names = '', file = '']) =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^Pairing\w+$/.test(name))
    .map((name) => ({ name, file })),
)

/** The names that `parts` of `<WhatsAppPairing>` accepts. */
const [, slotUnion = ''] = /PairingPartName =(.*?)\n\n/s.exec(read('react/parts/part.tsx')) ?? []
const slots = [...slotUnion.matchAll(/'(\w+)'/g)].map(([, slot = '']) => slot)

describe('the names of parts', () => {
  it.each(exported)('%o is the main export of $file.tsx, which renders that data-part', ({ name, file }) => {
    expect([name, name.replace(/^Pairing/, '')].map(kebab)).toContain(file)
    expect(read(`react/parts/${file}.tsx`)).toMatch(new RegExp(`part(="|\\(')${file}["']`))
  })

  it('are slots of `parts`, except the root and the card', () => {
    const named = slots.map((slot) => ({ name: exportOf(slot), file: kebab(slot) }))
    const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name)
    expect(named.toSorted(byName)).toEqual(
      exported.filter(({ name }) => !['PairingRoot', 'PairingCard'].includes(name)).toSorted(byName),
    )
  })

  it('are not an empty list, and neither are the slots', () => {
    expect(exported.length).toBeGreaterThan(25)
    expect(slots.length).toBeGreaterThan(20)
  })
})
