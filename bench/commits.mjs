// How often React commits, and Chromium lays out, while a code is shown: with one page on the session, and with two other pages.

import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { ownServer } from 'whatsapp-pairing/providers/own-server'
import { createPairingHandler, toNodeListener } from 'whatsapp-pairing/server'
import { createEmulator, mockGreenApi, mockOwnServer } from 'whatsapp-pairing/testing'
import { groupCommits } from './lib/commit-groups.mjs'
import { between, startMeasuredPages } from './lib/measured-pages.mjs'
import { count, milliseconds, report, seconds } from './lib/table.mjs'

const MEASURED_MS = 60_000

/** Three new codes in the time that is measured. */
const CODE_MS = 20_000

/** Other pages poll about as often as the bare one, with another interval, so that they do not poll at the same times. */
const OTHERS_INTERVAL_MS = 2_300

const SHOWN_LIMIT_MS = 60_000

/** A picture is shown immediately, and redrawn as a code after it was decoded, which is one more commit. */
const LIMITS = { beforeFirst: 2, perCode: { text: 2, picture: 3 }, whileUp: 0 }

/** Two providers: one sends text with the expiry of the code, the other sends pictures without it. */
const makers = {
  text() {
    const { fetch } = mockOwnServer(startedEmulator())
    return ownServer({ url: 'https://engine.example/pairing', fetch })
  },
  picture() {
    const instance = { idInstance: '1101000001', apiTokenInstance: 'token-of-the-bench' }
    return greenApi({ ...instance, fetch: mockGreenApi(startedEmulator(), instance).fetch })
  },
}

function startedEmulator() {
  const emulator = createEmulator({ firstCodeMs: CODE_MS, codeMs: CODE_MS, refs: 1_000 })
  emulator.start()
  return emulator
}

/** @typedef {{ name: string, kind: 'drop-in' | 'hook' | 'bare', code: keyof typeof makers, live: boolean, others: boolean }} Case */

/** @type {readonly Case[]} */
const cases = [false, true].flatMap((others) => {
  const company = others ? 'with two other pages' : 'alone'
  return [
    ...[true, false].flatMap((live) =>
      /** @type {const} */ (['drop-in', 'hook']).flatMap((kind) =>
        /** @type {const} */ (['text', 'picture']).map((code) => ({
          name: `${kind}, ${live ? 'live' : 'polling'}, ${code}, ${company}`,
          ...{ kind, code, live, others },
        })),
      ),
    ),
    {
      name: `bare page, text, ${company}`,
      kind: /** @type {const} */ ('bare'),
      code: 'text',
      live: false,
      others,
    },
  ]
})

const providers = cases.map(({ code }) => makers[code]())

/** @param {Request} request */
const sessionOf = ({ url }) => new URL(url).pathname.split('/')[2] ?? ''

const handler = createPairingHandler({
  provider(request) {
    const provider = providers[Number(sessionOf(request))]
    if (!provider) throw new Error('There is no such session.')
    return provider
  },
  tenant: sessionOf,
  authorize: () => true,
})
const pages = await startMeasuredPages({ profiling: true, handler: toNodeListener(handler) })

/** Opens a page that streams and a page that polls. Returns a function that closes them. @param {string} address */
function openOtherPages(address) {
  const stream = request(`${address}?events&method=qr`, { agent: false }, (response) =>
    response.resume(),
  ).end()
  stream.on('error', () => {})
  const timer = setInterval(() => {
    fetch(`${address}?want=code&method=qr`).then(
      (response) => response.text(),
      () => {},
    )
  }, OTHERS_INTERVAL_MS)
  return () => {
    clearInterval(timer)
    stream.destroy()
  }
}

/**
 * @param {Case} measured
 * @param {number} index
 */
async function open({ kind, live, others }, index) {
  const path = `/api/${index}`
  const closeOthers = others ? openOtherPages(`${pages.origin}${path}`) : () => {}
  const { page, metrics, close } = await pages.open({ kind, url: path, live: live ? '1' : '0' })
  await page.waitForFunction(() => window.measured.commits.some(({ code }) => code !== ''), undefined, {
    timeout: SHOWN_LIMIT_MS,
  })
  return { page, metrics, close, closeOthers }
}

/** @param {Awaited<ReturnType<typeof open>>} opened */
async function measure({ page, metrics, close, closeOthers }) {
  const before = await metrics()
  const from = await page.evaluate(() => performance.now())
  await sleep(MEASURED_MS)
  const work = between(before, await metrics())
  const commits = await page.evaluate(() => window.measured.commits)
  await close()
  closeOthers()
  return { work, groups: groupCommits(commits), inAll: commits.filter(({ at }) => at >= from).length }
}

// The pages open one after the other. If all loaded at once, each would get its first response seconds late.
const opened = []
for (const [index, each] of cases.entries()) opened.push({ ...each, ...(await open(each, index)) })

// Counts do not depend on the load of the machine, so all pages are measured at the same time.
const results = await Promise.all(opened.map(async (each) => ({ ...each, ...(await measure(each)) })))
await pages.close()
await handler.close()

report(
  `commits of React: before the first code, at most for one code, announcements of the time left, others while a code is up`,
  results.map(({ name, kind, code, groups: { beforeFirst, perCode, announced, whileUp } }) => {
    const most = Math.max(...perCode)
    const row = { what: name, measured: [beforeFirst, most, announced, count(whileUp)].join('   ') }
    if (kind === 'bare') return row
    return {
      ...row,
      limit: `≤ ${LIMITS.beforeFirst}, ≤ ${LIMITS.perCode[code]}, any, ${LIMITS.whileUp}`,
      holds: beforeFirst <= LIMITS.beforeFirst && most <= LIMITS.perCode[code] && whileUp <= LIMITS.whileUp,
    }
  }),
)

report(
  `in ${seconds(MEASURED_MS)} after the first code: commits, layouts, style recalculations, script, task`,
  results.map(({ name, inAll, work: { layouts, styleRecalcs, scriptMs, taskMs } }) => ({
    what: name,
    measured: [inAll, layouts, styleRecalcs, milliseconds(scriptMs), milliseconds(taskMs)].join('   '),
  })),
)
process.exit()
