import type { AuthenticationCreds, AuthenticationState } from 'baileys'

/** The credentials of one link. Baileys writes to `state`, and the adapter decides when to store it. */
export interface BaileysAuthState {
  /** The `auth` option of Baileys. It is new if nothing is stored. */
  readonly state: AuthenticationState
  /** Stores `state.creds`. Called only for a link, so that an unfinished attempt leaves nothing behind. */
  readonly saveCreds: () => Promise<void>
  /** Deletes everything that is stored. Credentials that are opened afterwards are new. */
  readonly clear: () => Promise<void>
}

/**
 * Whether a phone has accepted these credentials. `me` is not enough: Baileys sets it when a pairing code is requested, but
 * `account` only when WhatsApp has signed the device. Credentials with `me` alone would make the next connection log in instead
 * of register, and WhatsApp responds to that with "logged out".
 */
export function isLinked({ me, account }: AuthenticationCreds): boolean {
  return me !== undefined && account !== undefined
}

/** Credentials that can be protected from further writes of a socket. */
export interface FencedAuthState extends BaileysAuthState {
  /**
   * Ignores all further writes; resolves when pending writes are done. A socket writes for a moment after its end. These writes
   * must not become part of the next link, or delay the end of the process. Lost data is the same as after a crash: WhatsApp
   * sends it again.
   */
  fence(): Promise<void>
}

export function withFence({ state, saveCreds, clear }: BaileysAuthState): FencedAuthState {
  const underWay = new Set<Promise<void>>()
  let isFenced = false
  const write = async (task: () => void | Promise<void>): Promise<void> => {
    if (isFenced) return
    const written = Promise.resolve(task())
    underWay.add(written)
    await written.finally(() => underWay.delete(written))
  }
  return {
    state: {
      creds: state.creds,
      keys: {
        get: (kind, ids) => state.keys.get(kind, ids),
        set: (data) => write(() => state.keys.set(data)),
      },
    },
    saveCreds: () => write(saveCreds),
    clear,
    async fence() {
      isFenced = true
      await Promise.allSettled(underWay)
    },
  }
}
