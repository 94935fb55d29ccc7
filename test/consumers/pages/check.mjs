// @ts-check
import { fewAtOnce } from '../lib/consumer.mjs'
import { designSystemChecks } from './design-systems.mjs'
import { dialogChecks } from './dialogs.mjs'
import { hostStyleChecks } from './host-styles.mjs'
import { translatedChecks } from './translated.mjs'
import { utilityChecks } from './utilities.mjs'
import { walkChecks } from './walks.mjs'

/** @import { Consumer } from '../lib/consumer.mjs' */

/**
 * The builds: all pages with the newest React, and the translated page with each React in production and in
 * development.
 */
const builds = [
  { ENTRY: 'index', REACT: '19', NODE_ENV: 'production' },
  { ENTRY: 'translated', REACT: '19', NODE_ENV: 'production' },
  { ENTRY: 'translated', REACT: '18', NODE_ENV: 'development' },
]

/** @param {Consumer} consumer */
export default async function check(consumer) {
  for (const env of builds) {
    const name = `${env.ENTRY}-${env.REACT}-${env.NODE_ENV}`
    const isBuilt = await consumer.check(`vite build creates ${name}`, () =>
      consumer.run('npx', ['vite', 'build', '--mode', env.NODE_ENV], { env }),
    )
    if (!isBuilt) return
  }
  const port = await consumer.freePort()
  const url = `http://127.0.0.1:${port}`
  await consumer.start(
    'npx',
    ['vite', 'preview', '--outDir', 'dist', '--port', String(port), '--strictPort', '--host', '127.0.0.1'],
    { url },
  )
  const pages = `${url}/index-19-production/index.html`
  await fewAtOnce([
    ...hostStyleChecks(consumer, pages),
    ...dialogChecks(consumer, pages),
    ...designSystemChecks(consumer, pages),
    ...builds
      .filter(({ ENTRY }) => ENTRY === 'translated')
      .flatMap((build) =>
        translatedChecks(
          consumer,
          `${url}/translated-${build.REACT}-${build.NODE_ENV}/translated.html`,
          build,
        ),
      ),
    ...utilityChecks(consumer, pages),
    ...walkChecks(consumer, pages),
  ])
}
