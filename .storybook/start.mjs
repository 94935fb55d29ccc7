// `npm start`, and `npm start -- --whatsapp`: Storybook refuses flags that it does not know, so the playground's own are
// taken out here and handed on in the environment.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const manifest = require.resolve('storybook/package.json')
const storybook = join(dirname(manifest), require(manifest).bin)

/** Where it opens. The built site opens with the first page of the documentation. */
const PLAYGROUND = '/story/playground--simulated-phone'

const withWhatsApp = process.argv.includes('--whatsapp')
const flags = process.argv.slice(2).filter((flag) => flag !== '--whatsapp')
if (withWhatsApp) {
  console.log(
    'The playground links with WhatsApp itself, which needs the internet. The link is kept in .whatsapp-link: end it on ' +
      'the phone or with the screen, or delete the folder.',
  )
} else {
  console.log(
    `The playground opens at http://localhost:6006/?path=${PLAYGROUND}. Press "Scan the QR code" on the simulated phone there.`,
  )
}

const child = spawn(
  process.execPath,
  [storybook, 'dev', '--port', '6006', '--no-version-updates', '--initial-path', PLAYGROUND, ...flags],
  {
    stdio: 'inherit',
    env: { ...process.env, ...(withWhatsApp && { WHATSAPP: '1' }) },
  },
)
// Ctrl+C reaches the child by itself, and it is the child that decides when it is over.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code) => process.exit(code ?? 0))
