// @ts-check
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readmeLinks } from '../lib/documents.mjs'

/** @import { Consumer } from '../lib/consumer.mjs' */

const repository = path.join(import.meta.dirname, '../../..')

/**
 * Creates a fresh clone after `npm ci`, without a build.
 *
 * @param {Consumer} consumer
 */
export async function install(consumer) {
  const files = await consumer.run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: repository,
  })
  for (const file of files.trim().split('\n'))
    await cp(path.join(repository, file), path.join(consumer.folder, file), { recursive: true })
  await symlink(path.join(repository, 'node_modules'), path.join(consumer.folder, 'node_modules'))
}

/** @param {Consumer} consumer */
export default async function check(consumer) {
  const file = path.join(consumer.folder, 'package.json')
  const manifest = JSON.parse(await readFile(file, 'utf8'))

  await consumer.check(
    'npm pack in a fresh clone runs the build and packs every target of exports',
    async () => {
      await consumer.run('npm', ['pack', '--silent', '--pack-destination', consumer.folder])
      const tarball = `whatsapp-pairing-${manifest.version}.tgz`
      const packed = (await consumer.run('tar', ['--list', '--file', tarball])).split('\n')
      const targets = Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [target] : Object.values(target),
      )
      const missing = targets.filter((target) => !packed.includes(target.replace(/^\./, 'package')))
      assert.deepEqual(missing, [])
    },
  )

  const publish = () => consumer.run('npm', ['publish', '--dry-run', '--silent'])
  await consumer.check(
    'npm publish stops with a one-sentence error if the repository is not filled in',
    async () => {
      const fields = { repository: undefined, homepage: undefined, bugs: undefined }
      await writeFile(file, JSON.stringify({ ...manifest, ...fields }))
      await assert.rejects(publish(), ({ message }) => {
        const [, ...lines] = message.trim().split('\n')
        assert.deepEqual(lines, [
          'Not published: package.json has no repository, homepage, bugs, which only the owner of the repository can fill in.',
        ])
        return true
      })
    },
  )
  await consumer.check('npm publish continues if repository, homepage and bugs are filled in', async () => {
    const fields = {
      repository: { type: 'git', url: 'git+https://git.example/owner/whatsapp-pairing.git' },
      homepage: 'https://git.example/owner/whatsapp-pairing',
      bugs: 'https://git.example/owner/whatsapp-pairing/issues',
    }
    await writeFile(file, JSON.stringify({ ...manifest, ...fields }))
    await consumer.run('npm', ['run', 'prepublishOnly'])
  })

  await consumer.check(
    'every link and picture of the README is a web address or a repository file that npm can resolve',
    async () => {
      const relative = (await readmeLinks()).filter((link) => !/^(https:\/\/|#)/.test(link))
      const missing = relative.filter((link) => !existsSync(path.join(repository, link)))
      assert.deepEqual(missing, [])
    },
  )
  await consumer.check(
    'the package contains the documentation as Markdown, and its links lead to files of the package',
    async () => {
      const unpacked = path.join(consumer.folder, 'unpacked')
      await mkdir(unpacked)
      await consumer.run('tar', [
        '--extract',
        '--file',
        `whatsapp-pairing-${manifest.version}.tgz`,
        '--directory',
        unpacked,
      ])
      const root = path.join(unpacked, 'package')
      const pages = (await readdir(path.join(root, 'docs'))).map((file) => path.join(root, 'docs', file))
      assert.ok(pages.length > 10)
      for (const page of [path.join(root, 'llms.txt'), ...pages]) {
        const text = await readFile(page, 'utf8')
        const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link)
        const missing = links.filter((link) => !existsSync(path.join(path.dirname(page), link)))
        assert.deepEqual(missing, [], page)
      }
    },
  )
}
