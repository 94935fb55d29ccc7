import type { AuthenticationCreds, AuthenticationState } from 'baileys'

/** The credentials of one link, opened. Baileys writes to `state`; when it is kept is decided by the adapter. */
export interface BaileysAuthState {
  /** What Baileys takes as `auth`. Made anew where nothing is kept. */
  readonly state: AuthenticationState
  /** Keeps `state.creds`. Called for a link only: an unfinished attempt leaves nothing behind. */
  readonly saveCreds: () => Promise<void>
  /** Deletes all that is kept. What is opened afterwards is new. */
  readonly clear: () => Promise<void>
}

/**
 * Whether a phone has let these credentials in. `me` alone does not say so: Baileys sets it when a pairing code is
 * requested, and `account` when WhatsApp has signed the device. Credentials with `me` alone would make the next
 * connection log in instead of register, and WhatsApp answers that with "logged out".
 */
export function isLinked({ me, account }: AuthenticationCreds): boolean {
  return me !== undefined && account !== undefined
}

/** Credentials that a socket can be kept from writing to. */
export interface FencedAuthState extends BaileysAuthState {
  /**
   * From now on nothing is kept any more; resolves when what was begun is done. A socket goes on writing for a moment
   * after its end, and nothing of that may become part of the next link, or appear when the process is to be over. What
   * is lost is what a crash would have lost: WhatsApp sends it again.
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
