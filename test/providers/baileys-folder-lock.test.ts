import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFolderLock } from '../../src/providers/lib/baileys-folder-lock.js'
import { eventually } from '../eventually.js'
import { everythingIn, rejection } from './fetch-stub.js'

let parent: string
let folder: string
let file: string

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  parent = await mkdtemp(join(tmpdir(), 'whatsapp-pairing-'))
  folder = join(parent, 'link')
  file = join(folder, 'whatsapp-pairing.lock')
})

afterEach(async () => {
  vi.useRealTimers()
  await rm(parent, { recursive: true })
})

const onLost = vi.fn()

const lock = () => createFolderLock(folder, onLost)

async function heldBy(owner: object | string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(file, typeof owner === 'string' ? owner : JSON.stringify(owner))
}

/** A process that started before this one and lives at least as long. */
const running = { token: 'other', pid: process.ppid, host: hostname() }

describe('the lock of a folder', () => {
  it('is taken once, and again after its release', async () => {
    const [first, second] = [lock(), lock()]
    expect(await first.take()).toBe(true)
    expect(await first.take()).toBe(true)
    expect(await second.take()).toBe(false)
    expect(second.holder).toBe(`the process ${process.pid} on "${hostname()}"`)
    await first.release()
    expect(first.isHeld).toBe(false)
    expect(await readdir(folder)).toEqual([])
    expect(await second.take()).toBe(true)
    await second.release()
  })

  it('is readable only by the owner of the process', async () => {
    const one = lock()
    await one.take()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    await one.release()
  })

  it.each([
    ['ended', { ...running, pid: 2 ** 22 + 1 }],
    ['was started at another time than the process with its id', { ...running, start: 'another boot 1' }],
  ])('is taken over from a process that %s', async (_, owner) => {
    await heldBy(owner)
    const one = lock()
    expect(await one.take()).toBe(true)
    expect(await readdir(folder)).toEqual(['whatsapp-pairing.lock'])
    await one.release()
  })

  it.each([
    ['of another host', { ...running, host: 'another' }],
    ['half written', '{"token":'],
    ['empty', ''],
  ])('%s is stale if it was not renewed for 20 seconds', async (_, owner) => {
    await heldBy(owner)
    const one = lock()
    expect(await one.take()).toBe(false)
    vi.advanceTimersByTime(19_000)
    expect(await one.take()).toBe(false)
    vi.advanceTimersByTime(1_000)
    expect(await one.take()).toBe(true)
    await one.release()
  })

  it('of another host is respected while it is renewed', async () => {
    await heldBy({ ...running, host: 'another' })
    const one = lock()
    for (let second = 0; second < 60; second += 5) {
      // The clock of that host may differ from ours by hours.
      await utimes(file, second, second)
      expect(await one.take()).toBe(false)
      vi.advanceTimersByTime(5_000)
    }
  })

  it.runIf(process.platform === 'linux')(
    'of a running process is respected without a time limit',
    async () => {
      await heldBy(running)
      const one = lock()
      expect(await one.take()).toBe(false)
      vi.advanceTimersByTime(3_600_000)
      expect(await one.take()).toBe(false)
    },
  )

  it('is renewed every five seconds', async () => {
    const one = lock()
    await one.take()
    await utimes(file, 1, 1)
    vi.advanceTimersByTime(5_000)
    await vi.waitFor(async () => expect((await stat(file)).mtimeMs).toBeGreaterThan(1_000), eventually)
    await one.release()
  })

  it('is lost when another process takes it, and the other lock stays', async () => {
    const one = lock()
    await one.take()
    await heldBy(running)
    vi.advanceTimersByTime(5_000)
    await vi.waitFor(() => expect(onLost).toHaveBeenCalledOnce(), eventually)
    expect(one.isHeld).toBe(false)
    await one.release()
    expect(await readFile(file, 'utf8')).toContain('"other"')
  })

  it('is created again if the folder was deleted', async () => {
    const one = lock()
    await one.take()
    await rm(folder, { recursive: true })
    expect(await one.take()).toBe(true)
    expect(await readdir(folder)).toEqual(['whatsapp-pairing.lock'])
    await one.release()
  })

  it('is removed when its process exits without releasing it (of dist: npm run build first)', async () => {
    const module = new URL('../../dist/providers/lib/baileys-folder-lock.js', import.meta.url).href
    const script = `
      import { createFolderLock } from '${module}'
      console.log(await createFolderLock(process.argv[1], () => {}).take())
      process.exit()`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      script,
      folder,
    ])
    expect(stdout).toBe('true\n')
    expect(await readdir(folder)).toEqual([])
  })

  it('of an ended process goes to one of many processes that take it at the same moment', async () => {
    await heldBy({ ...running, pid: 2 ** 22 + 1 })
    const all = Array.from({ length: 10 }, lock)
    const taken = await Promise.all(all.map((one) => one.take()))
    expect(taken.filter(Boolean)).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['whatsapp-pairing.lock'])
    await all[taken.indexOf(true)]?.release()
  })

  it('reports why a path is not a folder, without the path', async () => {
    await writeFile(folder, '')
    const error = await rejection(lock().take())
    expect(error.code).toBe('invalid-options')
    expect(everythingIn(error)).not.toContain(folder)
  })
})
