import { chromiumPath } from './chromium.mjs'
import { ensureProgram } from './ensure-program.mjs'

await ensureProgram({
  name: 'Chromium',
  debianPackages: ['chromium'],
  variable: 'CHROMIUM_PATH',
  advice: 'Install Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH to the browser to use.',
  find: chromiumPath,
  otherInstaller: ['npx', 'playwright', 'install', 'chromium'],
})
