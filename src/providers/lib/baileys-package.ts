import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PairingError } from '../../core/errors.js'
import { asRecord, asText, parseJson } from '../../core/json.js'
import { printOnce } from '../../core/print-error.js'

/** The npm package. */
export type Baileys = typeof import('baileys')

/** The package, and its name for messages. */
interface Loaded {
  readonly baileys: Baileys
  /** `baileys 7.0.0-rc14`. */
  readonly name: string
}

/** The package has two names. npm's `latest` of both does not work, so the command contains a version. */
const INSTALL = 'npm install baileys@7.0.0-rc14'

let loaded: Loaded | undefined

/**
 * Loads the optional peer, by either of its names, when it is first needed.
 *
 * @throws {@link PairingError} `not-supported` if it is not installed, has an unsupported version, or cannot be loaded
 */
export async function loadBaileys(): Promise<Baileys> {
  let failure: unknown
  const attempt = async (name: string, importIt: () => Promise<Baileys>): Promise<void> => {
    try {
      loaded ??= await load(name, importIt)
    } catch (error) {
      // An app may have both, one of them for another package.
      failure ??= error
    }
  }
  await attempt('baileys', () => import('baileys'))
  // @ts-expect-error The other name of the same package, which is not installed here.
  await attempt('@whiskeysockets/baileys', (): Promise<Baileys> => import('@whiskeysockets/baileys'))
  if (loaded) return loaded.baileys
  if (failure) throw failure
  throw new PairingError(
    'not-supported',
    `baileys() needs the npm package "baileys", which is not installed here, nor "@whiskeysockets/baileys". Run: ${INSTALL}`,
  )
}

/** The name of the installed package for messages. */
export function baileysName(): string {
  return loaded?.name ?? 'Baileys'
}

async function load(name: string, importIt: () => Promise<Baileys>): Promise<Loaded | undefined> {
  const version = installedVersion(name)
  // Checked before loading, because old versions fail with unclear errors.
  if (version !== undefined && !isSupported(version)) {
    throw new PairingError(
      'not-supported',
      `baileys() does not work with version ${version} of the npm package "${name}", which is installed here. Run: ${INSTALL}`,
    )
  }
  try {
    const isKnown = version !== undefined
    return { baileys: await importIt(), name: isKnown ? `${name} ${version}` : `the installed ${name}` }
  } catch (error) {
    if (isMissing(error, name)) return undefined
    printOnce(name, `The npm package "${name}" is installed and cannot be loaded.`, error)
    throw new PairingError(
      'not-supported',
      `The npm package "${name}" is installed and cannot be loaded: a package that it needs may be missing, or a bundler ` +
        `has changed it. Leave it out of the bundle (in Next.js, serverExternalPackages), and run: ${INSTALL}`,
    )
  }
}

/** Whether the package itself is missing, and not one of its dependencies. */
function isMissing(error: unknown, name: string): boolean {
  // Test runners wrap the error of an import.
  return [error, asRecord(error).cause].some((one) => {
    const { code, message } = asRecord(one)
    return (
      /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && new RegExp(`['"]${name}['"]`).test(String(message))
    )
  })
}

/** `undefined` if it is not installed, or a bundler has removed its folder. */
function installedVersion(name: string): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return asText(asRecord(parseJson(readFileSync(file, 'utf8'))).version)
  } catch {
    return undefined
  }
}

/** As the peer range says: `>=7.0.0-rc.9 <8 || ~6.7.21`. Versions 6.8 to 6.17 are older than 6.7.21, despite their numbers. */
export function isSupported(version: string): boolean {
  const [, major, minor, patch, tag = ''] = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?/.exec(version) ?? []
  if (major === '6') return minor === '7' && Number(patch) >= 21 && tag === ''
  const isFirst = minor === '0' && patch === '0'
  return major === '7' && !(isFirst && /^(?:alpha|beta|rc\.[0-8]$)/.test(tag))
}
