// @ts-check
// Writes the documentation into the package as plain Markdown: `docs/*.md`, and `llms.txt`, its index for language models.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { llmsText, pageNames, plainMarkdown } from './pages.mjs'

const root = resolve(import.meta.dirname, '../../..')
const docs = join(root, 'docs')

rmSync(docs, { recursive: true, force: true })
mkdirSync(docs)
for (const name of pageNames) writeFileSync(join(docs, `${name}.md`), plainMarkdown(name))
writeFileSync(join(root, 'llms.txt'), llmsText())
