import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

it.each(['The path of one QR code', 'The path of one Retry'])(
  '"%s" in CONTRIBUTING.md names at most 20 files that exist, each once',
  (heading) => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
    const [section = ''] = text.split(`### ${heading}\n`)[1]?.split(/^#/m) ?? []
    const files = [...section.matchAll(/^\d+\. `([^`]+)`/gm)].flatMap(([, file]) => file ?? [])
    expect(files.length).toBeGreaterThan(10)
    expect(files.length).toBeLessThanOrEqual(20)
    expect(new Set(files).size).toBe(files.length)
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  },
)
