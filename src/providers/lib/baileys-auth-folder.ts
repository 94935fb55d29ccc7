import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthenticationCreds, SignalDataTypeMap, SignalKeyStore } from 'baileys'
import { PairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'
import type { BaileysAuthState } from './baileys-auth-state.js'
import type { Baileys } from './baileys-package.js'
import { createTurns } from './turns.js'

/** Read access to these files is access to the account: no other user of the machine may have it. */
export const FOLDER_MODE = 0o700
export const FILE_MODE = 0o600

const CREDENTIALS = 'creds'

/** The kinds of data that Baileys stores. Each id has a file: `pre-key-7.json`. */
const kinds: Readonly<Record<keyof SignalDataTypeMap, true>> = {
  'pre-key': true,
  session: true,
  'sender-key': true,
  'sender-key-memory': true,
  'app-state-sync-key': true,
  'app-state-sync-version': true,
  'lid-mapping': true,
  'device-list': true,
  tctoken: true,
  'identity-key': true,
}

/**
 * Credentials in a folder, in the layout of Baileys' own `useMultiFileAuthState`, so that both can open the same folder. Here
 * files are written atomically, and only the owner may read them.
 *
 * @throws {@link PairingError} `invalid-options` if the folder cannot be used
 */
export async function openAuthFolder(
  { BufferJSON, initAuthCreds, proto }: Baileys,
  folder: string,
): Promise<BaileysAuthState> {
  // Runs one file operation at a time: Baileys requests hundreds at once, and a file must not be read while it changes.
  const inTurn = createTurns()
  const usable = <Value>(task: () => Promise<Value>): Promise<Value> => inTurn(() => task().catch(unusable))

  const read = async (name: string): Promise<unknown> => {
    const text = await readFile(join(folder, fileName(name)), 'utf8').catch(unlessMissing)
    return text === undefined ? undefined : parsed(text, BufferJSON.reviver)
  }
  const write = (name: string, value: unknown): Promise<void> =>
    writeWhole(folder, fileName(name), JSON.stringify(value, BufferJSON.replacer))

  const keys: SignalKeyStore = {
    get: (kind, ids) =>
      usable(async () => {
        const found: { [id: string]: SignalDataTypeMap[typeof kind] } = {}
        for (const id of ids) {
          const value = await read(`${kind}-${id}`)
          if (value === undefined) continue
          Object.assign<typeof found, Record<string, unknown>>(found, {
            [id]:
              kind === 'app-state-sync-key'
                ? proto.Message.AppStateSyncKeyData.fromObject(asRecord(value))
                : value,
          })
        }
        return found
      }),
    set: (data) =>
      usable(async () => {
        for (const [kind, values] of Object.entries(data)) {
          for (const [id, value] of Object.entries(values ?? {})) {
            const name = `${kind}-${id}`
            if (value) await write(name, value)
            else await rm(join(folder, fileName(name)), { force: true })
          }
        }
      }),
  }

  return usable(async () => {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
    // An existing folder may be readable for others.
    await chmod(folder, FOLDER_MODE)
    for (const file of await readdir(folder)) {
      // Left by a process that was killed while it was writing. The lock of the folder ensures that no other process writes now.
      if (TEMPORARY.test(file) && isOurs(file)) await rm(join(folder, file), { force: true })
    }
    const kept = await read(CREDENTIALS)
    // Unreadable credentials are no link that could be lost: another program was interrupted while it was writing.
    const creds = isCredentials(kept) ? kept : initAuthCreds()
    return {
      state: { creds, keys },
      saveCreds: () => usable(() => write(CREDENTIALS, creds)),
      clear: () =>
        usable(async () => {
          const files = (await readdir(folder)).filter(isOurs)
          for (const file of files) await rm(join(folder, file), { force: true })
        }),
    }
  })
}

/** The suffix of a file that is being written. */
const TEMPORARY = /\.[\da-f-]{36}\.tmp$/

/** Writes to a temporary file first, so that a crash leaves either the old or the new content. */
async function writeWhole(folder: string, file: string, text: string): Promise<void> {
  const temporary = join(folder, `${file}.${randomUUID()}.tmp`)
  try {
    const handle = await open(temporary, 'wx', FILE_MODE)
    try {
      await handle.writeFile(text)
      // Without this, a power cut may leave an empty file.
      if (file === fileName(CREDENTIALS)) await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, join(folder, file))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Ids contain characters that file names must not have. The replacements are the same as in Baileys. */
function fileName(name: string): string {
  return `${name.replaceAll('/', '__').replaceAll(':', '-')}.json`
}

/** Whether a file is ours. Files of other programs in the folder are kept. */
function isOurs(file: string): boolean {
  const name = file.replace(TEMPORARY, '')
  return (
    name === fileName(CREDENTIALS) ||
    (name.endsWith('.json') && Object.keys(kinds).some((kind) => name.startsWith(`${kind}-`)))
  )
}

function parsed(text: string, reviver: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver)
  } catch {
    return undefined
  }
}

/** Whether a value has the required fields of credentials. */
function isCredentials(value: unknown): value is AuthenticationCreds {
  const { noiseKey, signedIdentityKey, signedPreKey, registrationId, advSecretKey } = asRecord(value)
  return (
    isKeyPair(noiseKey) &&
    isKeyPair(signedIdentityKey) &&
    isKeyPair(asRecord(signedPreKey).keyPair) &&
    typeof registrationId === 'number' &&
    typeof advSecretKey === 'string'
  )
}

function isKeyPair(value: unknown): boolean {
  const pair = asRecord(value)
  return pair.private instanceof Uint8Array && pair.public instanceof Uint8Array
}

function unlessMissing(error: unknown): undefined {
  if (asRecord(error).code !== 'ENOENT') throw error
}

/** Without the path: an error may be shown. */
export function unusable(error: unknown): never {
  const code = asRecord(error).code
  throw new PairingError(
    'invalid-options',
    `The folder of the credentials cannot be used (${typeof code === 'string' ? code : 'unknown reason'}), so no link ` +
      'can be kept. Check that this process may write to "authFolder" and that the disk has room.',
  )
}
