import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type * as FileSystem from 'node:fs/promises'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as loaded from 'baileys'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAuthFolder } from '../../src/providers/lib/baileys-auth-folder.js'
import type { BaileysAuthState } from '../../src/providers/lib/baileys-auth-state.js'
import { everythingIn, rejection } from './fetch-stub.js'

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof FileSystem>()
  return { ...original, rename: vi.fn(original.rename) }
})

let folder: string

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'whatsapp-pairing-')), 'link')
})

afterEach(() => rm(join(folder, '..'), { recursive: true }))

const open = (): Promise<BaileysAuthState> => openAuthFolder(loaded, folder)

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

/** Returns the secret of the stored credentials. */
async function kept(): Promise<string> {
  const auth = await open()
  await auth.saveCreds()
  return auth.state.creds.advSecretKey
}

describe('openAuthFolder()', () => {
  it('returns the stored values', async () => {
    const { state, saveCreds } = await open()
    await saveCreds()
    const session = new Uint8Array([1, 2, 3])
    await state.keys.set({ session: { 'a:1': session }, 'lid-mapping': { 'x/y': 'z' } })
    const again = await open()
    expect(again.state.creds).toEqual(state.creds)
    const sessions = await again.state.keys.get('session', ['a:1', 'missing'])
    expect(Object.keys(sessions)).toEqual(['a:1'])
    expect(Buffer.from(sessions['a:1'] ?? []).equals(session)).toBe(true)
    await expect(again.state.keys.get('lid-mapping', ['x/y'])).resolves.toEqual({ 'x/y': 'z' })
  })

  it('deletes a key that is set to null', async () => {
    const { state } = await open()
    await state.keys.set({ 'lid-mapping': { a: 'b' } })
    await state.keys.set({ 'lid-mapping': { a: null } })
    await expect(state.keys.get('lid-mapping', ['a'])).resolves.toEqual({})
    expect(await readdir(folder)).toEqual([])
  })

  it('returns keys of the app state as protobuf messages', async () => {
    const { state } = await open()
    const keyData = new Uint8Array([7])
    await state.keys.set({ 'app-state-sync-key': { k: { keyData } } })
    const { k } = await (await open()).state.keys.get('app-state-sync-key', ['k'])
    expect(k).toBeInstanceOf(loaded.proto.Message.AppStateSyncKeyData)
  })

  it('opens a folder that Baileys’ own function wrote, and vice versa', async () => {
    const theirs = await loaded.useMultiFileAuthState(folder)
    await theirs.saveCreds()
    await theirs.state.keys.set({ 'pre-key': { 5: loaded.Curve.generateKeyPair() } })
    const ours = await open()
    expect(ours.state.creds.registrationId).toBe(theirs.state.creds.registrationId)
    await expect(ours.state.keys.get('pre-key', ['5'])).resolves.toEqual(
      await theirs.state.keys.get('pre-key', ['5']),
    )
    ours.state.creds.registered = true
    await ours.saveCreds()
    const { state } = await loaded.useMultiFileAuthState(folder)
    expect(state.creds.registered).toBe(true)
  })

  it('restricts the permissions of an open folder and its files', async () => {
    await mkdir(folder, { mode: 0o755 })
    await writeFile(join(folder, 'creds.json'), '{}', { mode: 0o644 })
    await kept()
    expect(await modeOf(folder)).toBe(0o700)
    expect(await modeOf(join(folder, 'creds.json'))).toBe(0o600)
  })

  it('keeps the old credentials if the process dies before the new ones are in place', async () => {
    const secret = await kept()
    const auth = await open()
    auth.state.creds.advSecretKey = 'new'
    const dead = new Promise<void>((resolve) => {
      vi.mocked(rename).mockImplementationOnce(() => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    void auth.saveCreds()
    await dead
    expect(await readdir(folder)).toHaveLength(2)
    expect((await open()).state.creds.advSecretKey).toBe(secret)
  })

  it('keeps the old credentials, and no temporary files, if the new ones cannot be put in place', async () => {
    const secret = await kept()
    const auth = await open()
    auth.state.creds.advSecretKey = 'new'
    vi.mocked(rename).mockRejectedValueOnce(Object.assign(new Error(folder), { code: 'EIO' }))
    expect((await rejection(auth.saveCreds())).code).toBe('invalid-options')
    expect(await readdir(folder)).toEqual(['creds.json'])
    expect((await open()).state.creds.advSecretKey).toBe(secret)
  })

  it.each(['', '{"noiseKey":', '[]', '{"noiseKey":{}}'])(
    'creates new credentials if the stored ones cannot be read: %j',
    async (text) => {
      await mkdir(folder)
      await writeFile(join(folder, 'creds.json'), text)
      expect((await open()).state.creds.noiseKey.private).toBeInstanceOf(Uint8Array)
    },
  )

  it('clears only its own files and their remains after a crash', async () => {
    const auth = await open()
    await auth.saveCreds()
    await auth.state.keys.set({ 'lid-mapping': { a: 'b' } })
    const rubbish = 'creds.json.0721443f-69f3-4a84-93a8-54e0e54ea46c.tmp'
    for (const file of [rubbish, 'package.json', 'session', 'notes.txt'])
      await writeFile(join(folder, file), '')
    await auth.clear()
    expect((await readdir(folder)).toSorted()).toEqual(['notes.txt', 'package.json', 'session'])
    expect((await open()).state.creds.registrationId).not.toBe(auth.state.creds.registrationId)
  })

  it('deletes the files of a process that was killed while it wrote, and no file of another program', async () => {
    const secret = await kept()
    const ids = ['0721443f-69f3-4a84-93a8-54e0e54ea46c', '0721443f-69f3-4a84-93a8-54e0e54ea46d']
    for (const [index, name] of ['creds', 'pre-key-5', 'app-state-sync-key-AAAA', 'notes'].entries())
      await writeFile(join(folder, `${name}.json.${ids[index % 2]}.tmp`), '{')
    expect((await open()).state.creds.advSecretKey).toBe(secret)
    expect((await readdir(folder)).toSorted()).toEqual(['creds.json', `notes.json.${ids[1]}.tmp`])
  })

  it('is complete, without temporary files, after a process is killed during a write (of dist: npm run build first)', async () => {
    const secret = await kept()
    const module = new URL('../../dist/providers/lib/baileys-auth-folder.js', import.meta.url).href
    const script = `
      import { openAuthFolder } from '${module}'
      const { state } = await openAuthFolder({ BufferJSON: {}, initAuthCreds: () => ({}) }, process.argv[1])
      process.send('ready')
      for (;;) await state.keys.set({ 'lid-mapping': { a: 'x'.repeat(2_000_000) } })`
    const isTemporary = (file: string) => file.endsWith('.tmp')
    let leftOver = 0
    // The process may finish the write before it gets the signal.
    for (let round = 0; round < 2 || (leftOver === 0 && round < 60); round += 1) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
      await once(writer, 'message')
      while (!(await readdir(folder)).some(isTemporary));
      const exited = once(writer, 'exit')
      writer.kill('SIGKILL')
      await exited
      leftOver += (await readdir(folder)).filter(isTemporary).length
      const { state } = await open()
      expect(state.creds.advSecretKey).toBe(secret)
      expect((await readdir(folder)).filter((file) => !file.endsWith('.json'))).toEqual([])
      const { a } = await state.keys.get('lid-mapping', ['a'])
      expect([undefined, 2_000_000]).toContain(a?.length)
    }
    expect(leftOver).toBeGreaterThan(0)
  })

  it('writes in order, for any number of concurrent requests', async () => {
    const { state } = await open()
    const all = Array.from({ length: 50 }, (_, number) =>
      state.keys.set({ 'lid-mapping': { a: `${number}` } }),
    )
    await Promise.all(all)
    await expect(state.keys.get('lid-mapping', ['a'])).resolves.toEqual({ a: '49' })
  })

  it('stays in its folder, for any id', async () => {
    const { state } = await open()
    await state.keys.set({ 'lid-mapping': { '/../../escaped': 'x' } })
    expect(await readdir(join(folder, '..'))).toEqual(['link'])
    await expect(readFile(join(folder, 'lid-mapping-__..__..__escaped.json'), 'utf8')).resolves.toBe('"x"')
  })

  it('reports why a path is not a folder, without the path', async () => {
    await writeFile(folder, '')
    const error = await rejection(open())
    expect(error.code).toBe('invalid-options')
    expect(error.message).toContain('EEXIST')
    expect(everythingIn(error)).not.toContain(folder)
  })
})
