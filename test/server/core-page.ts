import '../late-modules.js'
import type { PairingConnection } from '../../src/core/connection.js'
import { toPairingError } from '../../src/core/errors.js'
import { laterRules } from '../../src/core/later-rules.js'
import type { PairingSession } from '../../src/core/pairing-session.js'
import { initialState, transition } from '../../src/core/session.js'
import type { SessionEvent } from '../../src/core/session-event.js'
import { nextRequest, type SessionRequest } from '../../src/core/session-request.js'

/** A page without React: a `core` session over a connection. */
export interface CorePage {
  readonly session: PairingSession
  /** Lets time pass; call it once per painted frame. Sends the request that is due, unless live events arrive. */
  tick(): void
  /** Applies an action of the user. */
  fold(event: Happened): void
  leave(): void
}

type Happened = SessionEvent extends infer One ? (One extends SessionEvent ? Omit<One, 'at'> : never) : never

/**
 * Opens a page that shows QR codes.
 *
 * @param live - `true`: the page opens a stream, and reads only while no live events arrive. `'only'`: it never reads.
 */
export function openCorePage(connection: PairingConnection, live: boolean | 'only' = false): CorePage {
  let state = initialState(
    {
      offer: { provider: 'proxy', methods: [], abilities: [], timing: undefined },
      method: 'qr',
      autoStart: true,
      attemptSeed: '',
      expectedPhoneNumber: undefined,
      clearsLeftovers: false,
      maxRefreshes: Number.POSITIVE_INFINITY,
      refreshMode: 'auto',
    },
    Date.now(),
  )
  let isBusy = false
  let isPushed = live === 'only'
  const fold = (event: Happened): void => {
    state = transition(state, { ...event, at: Date.now() } as SessionEvent, laterRules)
  }

  async function send(request: SessionRequest): Promise<void> {
    const { kind } = request
    const { method } = state.facts
    const sentAt = Date.now()
    try {
      const update = await (request.kind === 'read'
        ? connection.read({ want: request.want, method, has: request.has })
        : connection.act(request.kind, {
            method,
            ...(request.kind === 'request-pairing-code' && { phoneNumber: request.phoneNumber }),
          }))
      if (kind !== 'read') fold({ type: 'request-done', request: kind })
      fold({ type: 'updated', update, sentAt, ...(kind !== 'read' && { request: kind }) })
    } catch (error) {
      fold({ type: 'request-failed', request: kind, error: toPairingError(error) })
    }
  }

  const leave = live
    ? connection.subscribe?.(
        (update) => {
          isPushed = true
          fold({ type: 'updated', update, sentAt: Date.now(), isPushed: true })
        },
        {
          method: 'qr',
          has: () => state.facts.qr.code?.id,
          onGap: () => {
            isPushed = live === 'only'
            fold({ type: 'push-ended' })
          },
        },
      )
    : undefined

  return {
    get session() {
      return state.session
    },
    tick() {
      fold({ type: 'time-passed' })
      const request = nextRequest(state.facts)
      if (isPushed || isBusy || !request || request.at > Date.now()) return
      isBusy = true
      void send(request).finally(() => {
        isBusy = false
      })
    },
    fold,
    leave: () => leave?.(),
  }
}
