import { randomUUID } from 'node:crypto'
import { readFileSync, unlinkSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { PairingError } from '../../core/errors.js'
import { asRecord, asText, parseJson } from '../../core/json.js'
import { FILE_MODE, FOLDER_MODE, unusable } from './baileys-auth-folder.js'

/** A lock, so that only one process uses a folder of credentials: WhatsApp allows one socket per device. */
export interface FolderLock {
  /** Takes the folder, or checks that this process still has it. `false`: another process has it. */
  take(): Promise<boolean>
  readonly isHeld: boolean
  /** The process that holds the folder, as last seen by this one. */
  readonly holder: string
  release(): Promise<void>
}

const FILE = 'whatsapp-pairing.lock'

/** The process that has the folder renews its file this often. In milliseconds. */
const RENEW_MS = 5_000

/** A process on another host cannot be looked up. If its file is not renewed for this long, the file is stale. */
const LEFT_OVER_MS = 20_000

interface Owner {
  readonly token: string
  readonly pid: number
  /** When the process was started, if the system reports it, because another process may have the same id now. */
  readonly start: string | undefined
  readonly host: string
}

/** The lock files of this process, which are deleted when it ends. */
const heldFiles = new Map<string, string>()

function removeAtExit(): void {
  for (const [file, token] of heldFiles) {
    try {
      if (ownerIn(readFileSync(file, 'utf8'))?.token === token) unlinkSync(file)
    } catch {
      // The file stays, and the next process detects that this one has ended.
    }
  }
}

/**
 * @param onLost Another process has taken the folder, because this one was suspended for long.
 */
export function createFolderLock(folder: string, onLost: () => void): FolderLock {
  const file = join(folder, FILE)
  const own: Owner = { token: randomUUID(), pid: process.pid, start: startOf(process.pid), host: hostname() }
  let timer: ReturnType<typeof setInterval> | undefined
  let holder = 'another process'
  /** The content that another process wrote, and since when it is unchanged. */
  let observed: { readonly mark: string; readonly since: number } | undefined

  async function create(): Promise<boolean> {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
    try {
      await writeFile(file, JSON.stringify(own), { flag: 'wx', mode: FILE_MODE })
      return true
    } catch (error) {
      if (asRecord(error).code === 'EEXIST') return false
      throw error
    }
  }

  async function found(): Promise<{ readonly owner: Owner | undefined; readonly mark: string } | undefined> {
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)])
      return { owner: ownerIn(text), mark: `${text} ${mtimeMs}` }
    } catch (error) {
      if (asRecord(error).code === 'ENOENT') return undefined
      throw error
    }
  }

  function isLeftOver(owner: Owner | undefined, mark: string): boolean {
    if (owner?.host === own.host) {
      const start = startOf(owner.pid)
      if (
        !isRunning(owner.pid) ||
        (owner.start !== undefined && start !== undefined && start !== owner.start)
      )
        return true
      if (start !== undefined) return false
    }
    const now = performance.now()
    if (observed?.mark !== mark) observed = { mark, since: now }
    return now - observed.since >= LEFT_OVER_MS
  }

  /** Renames the file first, so that only one of two processes gets it. */
  async function remove(token: string | undefined): Promise<void> {
    const aside = `${file}.${own.token}`
    try {
      await rename(file, aside)
      const moved = ownerIn(await readFile(aside, 'utf8'))
      // The file was already a new one, so it is restored, unless a third process was faster.
      if (moved && moved.token !== token)
        await writeFile(file, JSON.stringify(moved), { flag: 'wx', mode: FILE_MODE })
    } catch (error) {
      if (!['ENOENT', 'EEXIST'].includes(String(asRecord(error).code))) throw error
    } finally {
      await rm(aside, { force: true })
    }
  }

  async function isOurs(): Promise<boolean> {
    const lock = await found()
    // The folder may have been deleted.
    return lock ? lock.owner?.token === own.token : create()
  }

  function keep(): void {
    if (heldFiles.size === 0) process.once('exit', removeAtExit)
    heldFiles.set(file, own.token)
    timer = setInterval(() => void renew().catch(() => undefined), RENEW_MS)
    timer.unref()
  }

  async function renew(): Promise<void> {
    if (await isOurs()) {
      const now = new Date()
      if (timer) await utimes(file, now, now)
    } else if (timer) {
      letGo()
      onLost()
    }
  }

  function letGo(): void {
    clearInterval(timer)
    timer = undefined
    heldFiles.delete(file)
    if (heldFiles.size === 0) process.off('exit', removeAtExit)
  }

  async function take(): Promise<boolean> {
    if (timer && (await isOurs())) return true
    letGo()
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (await create()) {
        keep()
        return true
      }
      const lock = await found()
      if (!lock) continue
      holder = lock.owner ? `the process ${lock.owner.pid} on "${lock.owner.host}"` : 'another process'
      if (!isLeftOver(lock.owner, lock.mark)) return false
      await remove(lock.owner?.token)
    }
    return false
  }

  return {
    take: () => take().catch(unusable),
    get isHeld() {
      return timer !== undefined
    },
    get holder() {
      return holder
    },
    async release() {
      if (!timer) return
      letGo()
      const lock = await found().catch(() => undefined)
      if (lock?.owner?.token === own.token) await rm(file, { force: true }).catch(() => undefined)
    },
  }
}

function ownerIn(text: string): Owner | undefined {
  const { token, pid, start, host } = asRecord(parseJson(text))
  if (typeof token !== 'string' || typeof pid !== 'number' || typeof host !== 'string') return undefined
  return { token, pid, start: asText(start), host }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process runs and belongs to another user.
    return asRecord(error).code === 'EPERM'
  }
}

/** When a process was started, in ticks since the start of the system. Only Linux has a file for it. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The twentieth field after the name, which may contain any characters.
    const ticks = fields.slice(fields.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`
  } catch {
    return undefined
  }
}

/** Two processes use one folder. */
export class FolderBusyError extends PairingError {
  constructor(holder: string) {
    super(
      'invalid-options',
      `The "authFolder" of baileys() is used by ${holder}, and WhatsApp lets one process at a time use a link, so this process ` +
        'opened no connection. Give every process the same "bus" to reach the link through that one, or run one process for each folder.',
    )
  }
}
