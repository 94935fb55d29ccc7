import { ensureProgram } from './ensure-program.mjs'
import { firefoxPath, webKitDriverPath } from './other-browsers.mjs'

await ensureProgram({
  name: 'Firefox',
  debianPackages: ['firefox-esr'],
  variable: 'FIREFOX_PATH',
  advice: 'Install Firefox (Debian: apt-get install firefox-esr), or set FIREFOX_PATH to the browser to use.',
  find: firefoxPath,
})
await ensureProgram({
  name: 'WebKit',
  debianPackages: ['webkit2gtk-driver', 'xvfb', 'xauth'],
  variable: 'WEBKIT_DRIVER_PATH',
  advice:
    'Install WebKitGTK and a display (Debian: apt-get install webkit2gtk-driver xvfb xauth), or set WEBKIT_DRIVER_PATH.',
  find: webKitDriverPath,
})
