import type { PairingError } from '../../core/errors.js'
import { asRecord } from '../../core/json.js'
import type { PairingProvider } from '../../core/provider.js'
import type { TestProviderOptions } from '../test-provider-options.js'
import { alteredJson } from './altered-json.js'
import { type AddRule, assert, assertRejected, assertSnapshot, pause, until } from './calls.js'
import { everythingIn } from './everything-in.js'
import { providerFaultNames, providerFaults } from './faults.js'
import { type ProviderSetUp, type Responder, setUpProvider } from './set-up-provider.js'

/** Long enough for a push, and short enough to wait for one that must not come. */
const MOMENT_MS = 40

/** A provider may have to connect, or to poll. */
const PUSH_LIMIT_MS = 5_000

/** Bodies that mean nothing to any provider. */
const foreignBodies: readonly unknown[] = [
  ...[undefined, null, true, 0, 7, '', 'text', [], [null], {}],
  { type: null, event: 7, data: [] },
  { type: 'messages.upsert', event: 'message', data: { text: 'Hello' } },
]

interface Subscription extends ProviderSetUp {
  readonly controller: AbortController
  readonly snapshots: readonly unknown[]
  stop(): void
  /** Throws where something was pushed that has another form. */
  assertForm(): void
}

/** Rules of `subscribe` and `readWebhook`. */
export function addPushRules(rule: AddRule, options: TestProviderOptions, probe: PairingProvider): void {
  const { webhooks = [], foreignWebhooks = [], secrets = [], pushes = false } = options
  if (probe.subscribe) addSubscribeRules()
  if (probe.readWebhook) addWebhookRules()

  function subscribe(controller = new AbortController(), respond?: Responder): Subscription {
    const setUp = setUpProvider(options, 'qr', { isLive: true })
    if (respond) setUp.server.respond = respond
    const snapshots: unknown[] = []
    const errors: PairingError[] = []
    // Checked later: the provider may catch what a listener throws.
    const stop = setUp.provider.subscribe?.((snapshot) => snapshots.push(snapshot), {
      signal: controller.signal,
      onError: (error) => errors.push(error),
    })
    assert(typeof stop === 'function', 'subscribe() must return a function that stops it.')
    const assertForm = (): void => {
      for (const snapshot of snapshots) assertSnapshot('subscribe()', snapshot)
      for (const error of errors) assertRejected('subscribe()', { error })
    }
    return { ...setUp, controller, snapshots, stop, assertForm }
  }

  function addSubscribeRules(): void {
    if (pushes)
      rule('subscribe() pushes the link of a phone', async () => {
        const { snapshots, emulator, stop, assertForm } = subscribe()
        await until('the first push', () => snapshots.length > 0, PUSH_LIMIT_MS)
        emulator.scan()
        const isLinked = (): boolean => snapshots.some((pushed) => asRecord(pushed).status === 'linked')
        await until('the push of the link', isLinked, PUSH_LIMIT_MS)
        stop()
        assertForm()
      })
    const stopsAfter = async (stop: (subscription: Subscription) => void): Promise<void> => {
      const subscription = subscribe()
      const { snapshots, server } = subscription
      if (pushes) await until('the first push', () => snapshots.length > 0, PUSH_LIMIT_MS)
      stop(subscription)
      const before = snapshots.length
      await change(subscription)
      assert(snapshots.length === before, 'subscribe() was stopped, and pushed another snapshot.')
      const isQuiet = server.requests.every(({ isPending, signal }) => !isPending || signal.aborted)
      assert(isQuiet, 'subscribe() was stopped, and its request is still under way.')
      // Cleaning up twice is fine.
      subscription.stop()
    }
    rule('subscribe() stops when the returned function is called', () => stopsAfter(({ stop }) => stop()))
    rule('subscribe() stops when its signal aborts', () => stopsAfter(({ controller }) => controller.abort()))
    rule('subscribe() pushes nothing if its signal is already aborted', async () => {
      const controller = new AbortController()
      controller.abort()
      const subscription = subscribe(controller)
      await change(subscription)
      assert(subscription.snapshots.length === 0, 'subscribe() pushed a snapshot.')
    })
    if (options.mockServer || options.responses)
      rule('subscribe() never throws, and reports errors as PairingError', async () => {
        const subscriptions = providerFaultNames.map((fault) =>
          subscribe(undefined, providerFaults[fault].respond),
        )
        await pause(MOMENT_MS)
        for (const { stop, assertForm } of subscriptions) {
          stop()
          assertForm()
        }
      })
  }

  function addWebhookRules(): void {
    const { provider } = setUpProvider(options)
    const read = (body: unknown): unknown => provider.readWebhook?.(body)
    rule('readWebhook() ignores foreign bodies', () => {
      for (const body of [...foreignBodies, ...foreignWebhooks])
        assert(read(body) === undefined, `readWebhook() gave a snapshot for ${JSON.stringify(body)}.`)
    })
    if (webhooks.length === 0) return
    rule('readWebhook() gives a snapshot for bodies about its session', () => {
      for (const body of webhooks) {
        const before = JSON.stringify(body)
        assertSnapshot(`readWebhook(${before})`, read(body))
        assert(JSON.stringify(body) === before, 'readWebhook() changed the body.')
      }
    })
    rule('readWebhook() gives a snapshot or undefined if a field of a body has another type', () => {
      for (const text of webhooks.flatMap((body) => alteredJson(JSON.stringify(body)))) {
        const snapshot = read(JSON.parse(text))
        if (snapshot !== undefined) assertSnapshot(`readWebhook(${text})`, snapshot)
        const shown = everythingIn(snapshot, ['name', 'id'])
        for (const secret of secrets)
          assert(!shown.includes(secret), `readWebhook(${text}) gave away a secret.`)
      }
    })
  }
}

/** Replaces the code, scans it and ends the link, each with time for a push. */
async function change({ emulator }: ProviderSetUp): Promise<void> {
  for (const step of [emulator.rotate, emulator.scan, emulator.disconnect]) {
    step()
    await pause(MOMENT_MS)
  }
}
