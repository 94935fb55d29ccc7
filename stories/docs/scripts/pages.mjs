// @ts-check
// The pages of the documentation as plain Markdown, from the same MDX that Storybook shows.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { transformWithOxc } from 'vite'
import manifest from '../../../package.json' with { type: 'json' }
import { errorFacts } from '../error-facts.mjs'
import { readmeSection } from '../readme-section.mjs'
import { propTable } from './api-reference.mjs'

const folder = resolve(import.meta.dirname, '..')

/**
 * Loads a module of `src` that imports only types, without a build.
 *
 * @param {string} file
 */
async function loadSource(file) {
  const source = readFileSync(resolve(folder, '../../src', file), 'utf8')
  const { code } = await transformWithOxc(source, file, { sourcemap: false })
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}

/** @type {typeof import('../../../src/core/errors.js')} */
const { PairingError, isPairingErrorCode } = await loadSource('core/errors.ts')
/** @type {typeof import('../../../src/locales/later/en.js')} */
const { laterEnglish } = await loadSource('locales/later/en.ts')

/** @param {string} code */
function factsOf(code) {
  if (!isPairingErrorCode(code)) throw new Error(`There is no error code ${code}.`)
  return errorFacts(laterEnglish.errors[code], new PairingError(code).action)
}

/** In the order of Storybook's sidebar (`storySort` in `.storybook/preview.tsx`). */
export const pageNames = [
  'start',
  'how-it-works',
  'component',
  'providers',
  'theming',
  'headless-and-parts',
  'errors',
  'passkeys',
  'status-and-pairing-links',
  'testing',
  'recipes',
  'going-live',
  'writing-an-adapter',
  'faq-and-troubleshooting',
  'accessibility-and-languages',
  'migration-and-changelog',
  'api-reference',
]

/** @returns {string[]} the names of all pages */
export const pageFiles = () =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.mdx'))
    .map((file) => file.replace(/\.mdx$/, ''))

/** @param {string} name */
export const readPage = (name) => readFileSync(join(folder, `${name}.mdx`), 'utf8')

/**
 * A page as plain Markdown: with its imported texts, and without live examples.
 *
 * @param {string} name
 * @returns {string}
 */
export function plainMarkdown(name) {
  const page = readPage(name)
  /** @type {Map<string, string>} Imported texts, by their name in the page. */
  const texts = new Map()
  for (const [, local = '', file = ''] of page.matchAll(/^import (\w+) from '([^']+)\?raw'$/gm))
    texts.set(local, readFileSync(resolve(folder, file), 'utf8'))
  /** @param {string | undefined} local */
  const textOf = (local) => {
    const text = texts.get(local ?? '')
    if (text === undefined) throw new Error(`${name}.mdx shows "${local}", which it does not import.`)
    return text
  }
  const markdown = page
    .replace(/^import .*\n/gm, '')
    .replace(/^<Meta .*\/>\n/gm, '')
    .replace(/^<Source code=\{(\w+)\} language="(\w+)" \/>$/gm, (_, local, language) =>
      [`\`\`\`${language}`, textOf(local).trim(), '```'].join('\n'),
    )
    .replace(/^<Markdown>\{readmeSection\((\w+), '([^']+)'\)\}<\/Markdown>$/gm, (_, local, heading) =>
      readmeSection(textOf(local), heading),
    )
    .replace(/^<Markdown>\{(\w+)(?:\.replace\(.*\))?\}<\/Markdown>$/gm, (_, local) =>
      // These headings go below the page's headings.
      textOf(local)
        .replace(/^# .*\n+/, '')
        .replace(/^## /gm, '### ')
        .trim(),
    )
    .replace(/^<ErrorFacts code="([\w-]+)" \/>$/gm, (_, code) => factsOf(code))
    .replace(/^<Canvas .*\/>\n+/gm, '')
    .replace(/^<Controls of=\{Component\.AsItComes\} \/>$/gm, propTable)
    .replace(/^<Controls .*\/>\n+/gm, '')
    .replace(/\]\(\.\/([\w-]+)\.mdx/g, '](./$1.md')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return `${markdown}\n`
}

/** @param {string} name */
export const titleOf = (name) => /^# (.+)$/m.exec(readPage(name))?.[1] ?? name

/** The topic of each page. */
const summaries = {
  start: 'install, try it in one file, Next.js, Vite and Express, several tenants',
  'how-it-works': 'browser, your server, provider; requests, states, deployment forms, size',
  component: 'props, phone numbers, own phone, dialogs',
  providers: 'a section for each provider: credentials, the file of your server, webhooks, what to know',
  theming: 'CSS variables, dark mode, Tailwind, shadcn/ui, MUI, CSP',
  'headless-and-parts': 'parts, the hook, every state, events, query options',
  errors: 'every error code: what the user sees, what you do',
  passkeys: 'accounts for which WhatsApp wants a passkey',
  'status-and-pairing-links': 'linked or not, unlink, links for customers without an account',
  testing: 'the emulated phone, mock servers, Vitest and Jest',
  recipes: 'Fastify, Koa, Hono, Node, React Router, Workers, MSW, Playwright, i18next',
  'going-live': 'checklist, options of the handler, proxies, webhooks, replicas, monitoring, security',
  'writing-an-adapter': 'ownServer, PairingProvider, testProvider',
  'faq-and-troubleshooting': 'stuck on “Getting your code…”, 403, 400, nginx, Jest, TypeScript',
  'accessibility-and-languages': 'keyboard, screen readers, 16 languages',
  'migration-and-changelog': 'what changed, and what to do',
  'api-reference': 'every export of every subpath',
}

/** The index of the documentation for language models: https://llmstxt.org */
export function llmsText() {
  const lines = pageNames.map((name) => {
    const summary = Object.entries(summaries).find(([page]) => page === name)?.[1]
    if (!summary) throw new Error(`${name}.mdx has no summary.`)
    return `- [${titleOf(name)}](docs/${name}.md): ${summary}`
  })
  return [
    '# whatsapp-pairing',
    '',
    `> ${manifest.description}`,
    '',
    'Rules that code written with this package has to keep:',
    '',
    '- Provider adapters run on the server, in `createPairingHandler`. The page uses `proxy({ url })`. Never put a provider’s token into a page.',
    '- `authorize` is required. `tenant` is required where `provider` is a function.',
    '- Store whose number was linked with `onLinked` of the handler, not with that of the component.',
    '- Import `whatsapp-pairing/styles.css` once. Set `appName`.',
    '- The package is ES modules only.',
    '',
    '## Documentation',
    '',
    ...lines,
    '',
  ].join('\n')
}
