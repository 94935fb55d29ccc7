import { existsSync, readdirSync, readFileSync } from 'node:fs'
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

it('the code of a provider is in at most six places that CONTRIBUTING.md lists, and in one entry of the playground', () => {
  const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const [, section = ''] = contributing.split('## Adding a provider\n')
  const places = [...section.matchAll(/^\d+\. `([^`]+)`/gm)].map(([, place = '']) =>
    place.replace('<name>', 'wasend'),
  )
  expect(places.length).toBeLessThanOrEqual(6)
  expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([])

  const isCode = (file: string) =>
    /\.(?:[cm]?[jt]sx?|json|ya?ml)$/.test(file) && !/locales|\.stories\./.test(file)
  const files = [
    'src',
    'stories',
    'examples',
    '.storybook',
    '.github',
    'test/consumers/lib',
    'test/consumers/vite-express',
  ]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .concat('package.json')
    .filter(isCode)
  const naming = files.filter((file) => /wasend/i.test(readFileSync(join(root, file), 'utf8')))
  const entry = 'stories/playground/emulated-provider.ts'
  expect(section).toContain(entry)
  expect(naming.filter((file) => !places.includes(file))).toEqual([entry])
})
