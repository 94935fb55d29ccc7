import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { isSupported } from '../../src/providers/lib/baileys-package.js'
import { rejection } from './fetch-stub.js'

beforeEach(() => {
  vi.resetModules()
  vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.doUnmock('baileys')
  vi.doUnmock('@whiskeysockets/baileys')
  vi.doUnmock('node:fs')
  vi.restoreAllMocks()
})

const missing = (name: string) => () => {
  throw Object.assign(new Error(`Cannot find package '${name}' imported from /somewhere`), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
}

/** Makes every `package.json` that is read contain this version. */
const installed = (version: string): void => {
  vi.doMock('node:fs', async (importOriginal) => ({
    ...(await importOriginal<typeof import('node:fs')>()),
    readFileSync: () => JSON.stringify({ version }),
  }))
}

const fresh = () => import('../../src/providers/lib/baileys-package.js')

describe('the versions of Baileys', () => {
  it.each([
    ['6.7.20', false],
    ['6.7.21', true],
    ['6.7.24', true],
    ['6.8.0', false],
    ['6.17.16', false],
    ['7.0.0-alpha.1', false],
    ['7.0.0-rc.1', false],
    ['7.0.0-rc.8', false],
    ['7.0.0-rc.9', true],
    ['7.0.0-rc10', true],
    ['7.0.0-rc13', true],
    ['7.0.0-rc14', true],
    ['7.0.0-rc15', true],
    ['7.0.0', true],
    ['7.1.0', true],
    ['8.0.0', false],
    ['', false],
  ])('%s is supported: %s', (version, supported) => {
    expect(isSupported(version)).toBe(supported)
  })

  it('match the peer range, which the tests use too', () => {
    const { peerDependencies, devDependencies } = manifest
    expect(peerDependencies.baileys).toBe('>=7.0.0-rc.9 <8 || ~6.7.21')
    expect(peerDependencies['@whiskeysockets/baileys']).toBe(peerDependencies.baileys)
    expect(isSupported(devDependencies.baileys)).toBe(true)
    for (const oldest of [devDependencies['baileys-first-6'], devDependencies['baileys-first-7']])
      expect(isSupported(oldest.replace('npm:baileys@', ''))).toBe(true)
  })
})

describe('loadBaileys()', () => {
  it('loads the package once, and returns its version', async () => {
    const { baileysName, loadBaileys } = await fresh()
    expect((await loadBaileys()).makeWASocket).toBeTypeOf('function')
    expect(baileysName()).toBe(`baileys ${manifest.devDependencies.baileys}`)
  })

  it('finds the package under its other name', async () => {
    vi.doMock('baileys', missing('baileys'))
    vi.doMock('@whiskeysockets/baileys', () => ({ makeWASocket: () => 'the other one' }))
    const { baileysName, loadBaileys } = await fresh()
    expect((await loadBaileys()).makeWASocket({} as never)).toBe('the other one')
    expect(baileysName()).toContain('@whiskeysockets/baileys')
  })

  it('names the package in the error if neither name is installed', async () => {
    vi.doMock('baileys', missing('baileys'))
    vi.doMock('@whiskeysockets/baileys', missing('@whiskeysockets/baileys'))
    const error = await rejection((await fresh()).loadBaileys())
    expect(error.code).toBe('not-supported')
    expect(error.message).toMatch(/not installed.*npm install baileys@7/)
  })

  it('names the version to install before it loads an unsupported version', async () => {
    installed('6.17.16')
    const load = vi.fn(() => ({}))
    vi.doMock('baileys', load)
    const error = await rejection((await fresh()).loadBaileys())
    expect(error.code).toBe('not-supported')
    expect(error.message).toMatch(/version 6\.17\.16 of the npm package "baileys".*npm install baileys@7/)
    expect(load).not.toHaveBeenCalled()
  })

  it('prefers a supported version under the other name to an unsupported one', async () => {
    vi.doMock('node:fs', async (importOriginal) => ({
      ...(await importOriginal<typeof import('node:fs')>()),
      readFileSync: () => JSON.stringify({ version: '6.17.16' }),
    }))
    vi.doMock('@whiskeysockets/baileys', () => ({ makeWASocket: () => 'the other one' }))
    // The other name has no folder here, as in a bundle, so its version is unknown.
    const { baileysName, loadBaileys } = await fresh()
    expect((await loadBaileys()).makeWASocket({} as never)).toBe('the other one')
    expect(baileysName()).toBe('the installed @whiskeysockets/baileys')
  })

  it('does not report the package as missing if one of its dependencies is missing', async () => {
    vi.doMock('baileys', missing('libsignal'))
    vi.doMock('@whiskeysockets/baileys', missing('@whiskeysockets/baileys'))
    const error = await rejection((await fresh()).loadBaileys())
    expect(error.message).toMatch(/is installed and cannot be loaded/)
    expect(error.message).not.toContain('/somewhere')
    expect(console.error).toHaveBeenCalledOnce()
  })
})
