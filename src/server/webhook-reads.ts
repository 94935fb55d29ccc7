import type { PairingSnapshot } from '../core/provider.js'
import { decodeTiming } from '../core/wire.js'
import type { Channels } from './channels.js'
import { type SessionTarget, sessionKey } from './session-target.js'

/** Reads the state because of webhooks. */
export interface WebhookReads {
  /**
   * Reads the state now, or as soon as the provider's `qrMinIntervalMs` has passed since the last read of this kind; joins a
   * read that waits for that. `undefined` where the provider gave no state.
   */
  read(target: SessionTarget): Promise<PairingSnapshot | undefined>
  /** Ends what waits. */
  close(): void
}

interface Reading {
  readonly beganAt: number
  readonly waiting?: Promise<PairingSnapshot | undefined> | undefined
}

/** A provider without a complete timing. */
const STANDARD_INTERVAL_MS = 1_000

/** Makes the reads of one handler. However many webhooks come, each session costs one read for each interval. */
export function createWebhookReads(channels: Channels): WebhookReads {
  const readings = new Map<string, Reading>()
  const controller = new AbortController()
  const timers = new Set<ReturnType<typeof setTimeout>>()

  function begin(target: SessionTarget): Promise<PairingSnapshot | undefined> {
    // A failure is reported by the channel, and shown to the pages that watch.
    return channels
      .of(target)
      .read('status', controller.signal)
      .catch(() => undefined)
  }

  return {
    read(target) {
      const key = sessionKey(target)
      const now = Date.now()
      const intervalMs = decodeTiming(target.provider.timing)?.qrMinIntervalMs ?? STANDARD_INTERVAL_MS
      const known = readings.get(key)
      if (known?.waiting) return known.waiting
      const elapsedMs = now - (known?.beganAt ?? Number.NEGATIVE_INFINITY)
      // A clock that was set back must not hold reads up.
      const waitMs = elapsedMs < 0 ? 0 : intervalMs - elapsedMs
      const after = (): void => {
        const timer = setTimeout(() => {
          timers.delete(timer)
          if (!readings.get(key)?.waiting) readings.delete(key)
        }, intervalMs)
        timers.add(timer)
      }
      if (waitMs <= 0) {
        readings.set(key, { beganAt: now })
        after()
        return begin(target)
      }
      const waiting = new Promise<PairingSnapshot | undefined>((resolve) => {
        const timer = setTimeout(() => {
          timers.delete(timer)
          readings.set(key, { beganAt: Date.now() })
          after()
          resolve(begin(target))
        }, waitMs)
        timers.add(timer)
      })
      readings.set(key, { beganAt: known?.beganAt ?? now, waiting })
      return waiting
    },
    close() {
      controller.abort()
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      readings.clear()
    },
  }
}
