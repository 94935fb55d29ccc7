import { describe, expect, it } from 'vitest'
import { changelogProblems, packProblems } from '../.ci/release.mjs'

describe('the release script', () => {
  it.each([
    ['notes of this version', '# Changelog\n\n## 1.2.0\n\n- A change.\n\n## 1.1.0\n\n- Another.\n', []],
    ['notes with a date', '# Changelog\n\n## 1.2.0 (2030-01-01)\n\n- A change.\n', []],
    ['an empty "Unreleased" section above', '# Changelog\n\n## Unreleased\n\n## 1.2.0\n\n- A change.\n', []],
    ['no section', '# Changelog\n\n## Unreleased\n\n- A change.\n', [/no section/]],
    ['only another version', '# Changelog\n\n## 1.2.0-rc.1\n\n- A change.\n', [/no section/]],
    ['an empty section', '# Changelog\n\n## 1.2.0\n\n## 1.1.0\n\n- Another.\n', [/is empty/]],
    [
      'changes that are still in "Unreleased"',
      '# Changelog\n\n## Unreleased\n\n- Late.\n\n## 1.2.0\n\n- A change.\n',
      [/"Unreleased"/],
    ],
  ])('checks CHANGELOG.md with %s', (_, changelog, problems) => {
    expect(changelogProblems('1.2.0', changelog)).toEqual(problems.map((text) => expect.stringMatching(text)))
  })

  const manifest = {
    name: 'example',
    version: '1.2.0',
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
  }
  const complete = [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'dist/core/errors.js',
    'dist/index.d.ts',
    'dist/index.js',
    'docs/api-reference.md',
    'llms.txt',
    'package.json',
  ]

  it('accepts a package that contains every target of exports', () => {
    expect(packProblems(manifest, complete)).toEqual([])
  })

  it.each(complete.filter((file) => file !== 'dist/core/errors.js'))(
    'refuses a package without %s',
    (missing) => {
      const rest = complete.filter((file) => file !== missing)
      expect(packProblems(manifest, rest)).toEqual([`The package has no ${missing}.`])
    },
  )

  it.each(['src/index.ts', '.env', 'test/fixtures/token.json', 'example-1.2.0.tgz'])(
    'refuses a package with %s',
    (extra) => {
      expect(packProblems(manifest, [...complete, extra])).toEqual([`The package must not contain ${extra}.`])
    },
  )
})
