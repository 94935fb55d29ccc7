import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { PairingError } from '../../src/core/errors.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import type { PairingMethod, PairingSnapshot } from '../../src/core/provider.js'
import { type BaileysOptions, type BaileysProvider, baileys } from '../../src/providers/baileys.js'
import { trustTestServers } from '../whatsapp-server/certificates.js'
import {
  startWhatsAppServer,
  type WhatsAppServer,
  type WhatsAppServerOptions,
} from '../whatsapp-server/whatsapp-server.js'

export type Status = PairingSnapshot['status']

type SnapshotOf<S extends Status> = Extract<PairingSnapshot, { status: S }>

/** The snapshots that a provider pushes, in order. */
export interface Watch {
  /** The statuses without repetitions. */
  readonly statuses: readonly Status[]
  readonly errors: readonly PairingError[]
  readonly gaps: number
  /** Returns the next snapshot with this status that no earlier call has returned. */
  until<S extends Status>(status: S): Promise<SnapshotOf<S>>
  nextError(): Promise<PairingError>
  stop(): void
}

/** A WhatsApp server, a folder for credentials, and providers that use them. */
export interface Setup {
  readonly server: WhatsAppServer
  readonly folder: string
  /** Creates another provider for the link in the folder. */
  provider(options?: Pick<BaileysOptions, 'socketOptions' | 'onSocket' | 'idleTimeoutMs'>): BaileysProvider
  /** Closes a provider that the test created itself together with the others. */
  keep(provider: BaileysProvider): BaileysProvider
  readonly phoneNumber: ReturnType<typeof normalizePhoneNumber>
  end(): Promise<void>
}

export async function openSetup(serverOptions?: WhatsAppServerOptions, make = baileys): Promise<Setup> {
  trustTestServers()
  const server = await startWhatsAppServer(serverOptions)
  const parent = await mkdtemp(join(tmpdir(), 'whatsapp-pairing-'))
  const folder = join(parent, 'link')
  const providers: BaileysProvider[] = []
  const keep = (provider: BaileysProvider): BaileysProvider => {
    providers.push(provider)
    return provider
  }
  return {
    server,
    folder,
    provider: ({ socketOptions, ...options } = {}) =>
      keep(
        make({
          ...options,
          authFolder: folder,
          socketOptions: { waWebSocketUrl: server.url, ...socketOptions },
        }),
      ),
    keep,
    phoneNumber: normalizePhoneNumber(server.phone.phoneNumber),
    async end() {
      await Promise.all(providers.map((provider) => provider.close()))
      await server.close()
      await rm(parent, { recursive: true })
      expect(server.faults).toEqual([])
    },
  }
}

export function watch(provider: BaileysProvider, method?: PairingMethod): Watch {
  const statuses: Status[] = []
  const errors: PairingError[] = []
  const unseen: PairingSnapshot[] = []
  let gaps = 0
  let changed: () => void = () => undefined
  let seenErrors = 0
  const stop = provider.subscribe(
    (snapshot) => {
      if (statuses.at(-1) !== snapshot.status) statuses.push(snapshot.status)
      unseen.push(snapshot)
      changed()
    },
    {
      method,
      onError(error) {
        errors.push(error)
        changed()
      },
      onGap() {
        gaps += 1
      },
    },
  )
  const nextChange = () =>
    new Promise<void>((resolve) => {
      changed = resolve
    })
  return {
    statuses,
    errors,
    get gaps() {
      return gaps
    },
    async until<S extends Status>(status: S) {
      for (;;) {
        for (let next = unseen.shift(); next; next = unseen.shift()) {
          if (hasStatus(next, status)) return next
        }
        await nextChange()
      }
    },
    async nextError() {
      while (errors.length === seenErrors) await nextChange()
      const error = errors[seenErrors]
      seenErrors += 1
      if (!error) throw new Error('There is no error.')
      return error
    },
    stop,
  }
}

function hasStatus<S extends Status>(snapshot: PairingSnapshot, status: S): snapshot is SnapshotOf<S> {
  return snapshot.status === status
}

/** Returns WhatsApp's own text in a QR snapshot. */
export function textOf({ qrCode }: SnapshotOf<'qr'>): string {
  if (qrCode.kind !== 'text') throw new Error('Not a text.')
  return qrCode.value
}

/** Links the phone by QR code, and waits until it is linked. */
export async function link({ server }: Setup, provider: BaileysProvider): Promise<Watch> {
  const watched = watch(provider)
  await provider.reset({})
  const code = textOf(await watched.until('qr'))
  expect(await server.phone.scan(code)).toEqual({ ok: true })
  await watched.until('linked')
  return watched
}

/** Returns the characters of an issued pairing code. */
export async function pairingCodeOf({ phoneNumber }: Setup, provider: BaileysProvider): Promise<string> {
  const snapshot = await provider.requestPairingCode(phoneNumber, {})
  if (snapshot.status !== 'pairing-code') throw new Error(`No code, but ${snapshot.status}.`)
  return snapshot.pairingCode
}
