// `npm start`, and `npm start -- --whatsapp`: Storybook refuses unknown flags, so this script removes the playground's flags and
// passes them on as environment variables.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const manifest = require.resolve('storybook/package.json')
const storybook = join(dirname(manifest), require(manifest).bin)

/** The first page. The built site begins with the documentation instead. */
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
// Ctrl+C also reaches the child process, which decides when to end.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code) => process.exit(code ?? 0))
