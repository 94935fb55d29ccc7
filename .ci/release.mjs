/**
 * Checks a release in a dry run: `npm run release`. It publishes only with `--publish`, in GitHub Actions, where npm can attest
 * the build (provenance). A step that cannot run here is listed at the end as not done. Before you run it, set `version` of
 * package.json to the new number, and rename the section "Unreleased" of CHANGELOG.md to it.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

/**
 * @typedef {{ name: string, version: string, exports: Record<string, string | Record<string, string>> }} Manifest
 */

/**
 * The problems of the notes of this version; empty if there are none.
 * @param {string} version
 * @param {string} changelog
 * @returns {string[]}
 */
export function changelogProblems(version, changelog) {
  const sections = changelog.split(/^## /m).slice(1)
  const bodyOf = (/** @type {string} */ heading) =>
    sections
      .find((section) => section.split('\n', 1)[0]?.split(' ')[0] === heading)
      ?.replace(/^.*\n?/, '')
      .trim()
  const notes = bodyOf(version)
  if (notes === undefined) return [`CHANGELOG.md has no section "## ${version}".`]
  const problems = notes === '' ? [`The section "## ${version}" of CHANGELOG.md is empty.`] : []
  if (bodyOf('Unreleased'))
    problems.push(`CHANGELOG.md has changes under "Unreleased": move them to "## ${version}".`)
  return problems
}

const REQUIRED = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'SECURITY.md',
  'llms.txt',
  'docs/api-reference.md',
]
const ALLOWED = /^(?:dist\/|docs\/|[^/]+\.(?:md|txt)$|LICENSE$|package\.json$)/

/**
 * The files that are missing in the tarball, or must not be in it.
 * @param {Manifest} manifest
 * @param {readonly string[]} files
 * @returns {string[]}
 */
export function packProblems(manifest, files) {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? target : Object.values(target),
  )
  const wanted = new Set([...REQUIRED, ...targets.map((target) => target.replace(/^\.\//, ''))])
  return [
    ...[...wanted].filter((file) => !files.includes(file)).map((file) => `The package has no ${file}.`),
    ...files.filter((file) => !ALLOWED.test(file)).map((file) => `The package must not contain ${file}.`),
  ]
}

/** @param {string[]} command */
const outputOf = ([program = '', ...args]) =>
  execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()

/**
 * Whether CI passed for a commit: as GitHub reports it, if its command line tool is installed and signed in.
 * @param {string} commit
 */
function conclusionOfCi(commit) {
  const args = [
    'run',
    'list',
    '--workflow',
    'ci.yml',
    '--commit',
    commit,
    '--json',
    'conclusion',
    '--jq',
    '.[0].conclusion',
  ]
  const { status, stdout } = spawnSync('gh', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() || 'no run' : undefined
}

/**
 * @param {{ isPublishing: boolean, scratch: string }} options
 * @returns {boolean} whether nothing failed
 */
function release({ isPublishing, scratch }) {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { name, version } = manifest
  /** @type {string[]} */
  const problems = []
  /** @type {string[]} */
  const notDone = []
  /**
   * @param {string} what
   * @param {() => readonly string[]} check
   */
  const step = (what, check) => {
    const found = check()
    problems.push(...found)
    console.log(`${found.length === 0 ? 'ok    ' : 'failed'}  ${what}`)
    for (const problem of found) console.log(`        ${problem}`)
  }

  console.log(`${name} ${version}`)
  step('no uncommitted changes', () => {
    const changes = outputOf(['git', 'status', '--porcelain'])
    return changes === '' ? [] : changes.split('\n').map((line) => `Not committed: ${line.trim()}`)
  })
  step('no release has this version yet', () =>
    outputOf(['git', 'tag', '--list', `v${version}`]) === '' || isPublishing
      ? []
      : [`The tag v${version} exists.`],
  )
  step('release notes', () => changelogProblems(version, readFileSync(join(root, 'CHANGELOG.md'), 'utf8')))
  step('fields that npm needs', () => {
    const { status, stderr } = spawnSync('node', ['.ci/refuse-to-publish.mjs'], {
      cwd: root,
      encoding: 'utf8',
    })
    return status === 0 ? [] : [stderr.trim()]
  })

  const conclusion = conclusionOfCi(outputOf(['git', 'rev-parse', 'HEAD']))
  if (conclusion === undefined && !isPublishing)
    notDone.push('CI was not looked up: the command line tool of GitHub is missing or signed out.')
  else step('CI', () => (conclusion === 'success' ? [] : [`CI of this commit: ${conclusion ?? 'unknown'}.`]))

  // `prepack` builds it. The same file is checked here and published below.
  const [packed] = JSON.parse(
    outputOf(['npm', 'pack', '--json', '--foreground-scripts=false', '--pack-destination', scratch]),
  )
  const tarball = join(scratch, packed.filename)
  step(`package: ${packed.files.length} files, ${Math.round(packed.size / 1000)} kB`, () =>
    packProblems(
      manifest,
      packed.files.map((/** @type {{ path: string }} */ { path }) => path),
    ),
  )

  const publish = ['publish', tarball, '--provenance', '--access', 'public']
  step('npm publish --dry-run', () => {
    const { status, stderr } = spawnSync('npm', [...publish, '--dry-run'], { cwd: root, encoding: 'utf8' })
    return status === 0 ? [] : [stderr.trim()]
  })

  if (problems.length > 0) notDone.push('Not published: see what failed.')
  else if (!isPublishing)
    notDone.push('Not published: this was a rehearsal. Push the tag: the workflow "Release" publishes it.')
  else if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL) {
    notDone.push(
      'Not published: npm can attest a build (provenance) only in a workflow with the permission "id-token: write".',
    )
    problems.push('no provenance')
  } else
    step('npm publish', () =>
      spawnSync('npm', publish, { cwd: root, stdio: 'inherit' }).status === 0 ? [] : ['npm refused.'],
    )

  for (const sentence of notDone) console.log(`not done  ${sentence}`)
  return problems.length === 0
}

if (import.meta.filename === process.argv[1]) {
  const scratch = mkdtempSync(join(tmpdir(), 'release-'))
  try {
    if (!release({ isPublishing: process.argv.includes('--publish'), scratch })) process.exitCode = 1
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
