import { asRecord } from '../../core/json.js'
import type { PairingProvider } from '../../core/provider.js'
import { check, errorOf, shown, until } from './check.js'
import { everythingIn } from './everything-in.js'
import { type FakeClock, withFakeClock } from './fake-clock.js'
import { faults } from './faults.js'
import { changesOf } from './json-changes.js'
import { checkSnapshot } from './snapshot-form.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld, hasServer, type World } from './world.js'

/** Several questions of any pace, and longer than a connection that is kept alive stays silent. */
const WHILE_MS = 30_000

/** Within the life of a code. */
const STEP_MS = 500

/** A first answer, and another attempt. */
const AFTER_A_FAULT_MS = 3_000

interface Subscription {
  readonly pushed: readonly unknown[]
  end(): void
  /** Fails the test where something came that has another form. */
  checkForm(): void
}

/** What a webhook may be that means something else, or nothing. */
const foreignBodies: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  7,
  '',
  'text',
  [],
  [null],
  {},
  { type: null, event: 7, data: [] },
  { type: 'messages.upsert', event: 'message', data: { text: 'Hello' } },
]

/** What comes by itself: `subscribe` and `readWebhook`. */
export function pushRules(subject: ProviderUnderTest, probe: PairingProvider): readonly Rule[] {
  const { webhooks = [], foreignWebhooks = [], secrets = [], pushes = false } = subject
  const rules: Rule[] = []

  if (probe.subscribe) {
    if (pushes) rules.push({ name: 'subscribe tells of a phone that was linked', run: tellsOfTheLink })
    rules.push(
      {
        name: 'subscribe pushes nothing after it was ended',
        run: () => ends(({ end }) => end()),
      },
      {
        name: 'subscribe pushes nothing after its signal was aborted',
        run: () => ends((_subscription, controller) => controller.abort()),
      },
      { name: 'subscribe pushes nothing where its signal was aborted before', run: startsAborted },
    )
    if (hasServer(subject))
      rules.push({ name: 'subscribe never throws, whatever its server does', run: neverThrows })
  }
  if (probe.readWebhook) {
    rules.push({ name: 'readWebhook leaves bodies of other kinds alone', run: leavesOthersAlone })
    if (webhooks.length > 0) {
      rules.push(
        { name: 'readWebhook reads bodies about its session', run: readsItsOwn },
        { name: 'readWebhook holds out when a field of a body is something else', run: holdsOut },
      )
    }
  }
  return rules

  /** Subscribes, and keeps what comes: a listener that throws would be lost in the provider's own machinery. */
  function subscribed({ provider }: World, { signal }: AbortController): Subscription {
    const pushed: unknown[] = []
    const errors: unknown[] = []
    const end = attempt('subscribe', () =>
      provider.subscribe?.((snapshot) => pushed.push(snapshot), {
        signal,
        onError: (error) => errors.push(error),
      }),
    )
    check(typeof end === 'function', 'subscribe must return a function that ends it.')
    return {
      pushed,
      end: () => attempt('The function that ends a subscription', end),
      checkForm() {
        for (const snapshot of pushed) checkSnapshot(snapshot, 'subscribe')
        for (const error of errors) errorOf('subscribe, telling of an error,', { error })
      },
    }
  }

  /** What a server pushes may take it a moment to load or to connect. */
  async function firstPush({ pushed }: Subscription, clock: FakeClock): Promise<void> {
    if (pushes)
      await until(
        'The first push should come',
        () => pushed.length > 0,
        () => clock.pass(STEP_MS),
      )
  }

  async function tellsOfTheLink(): Promise<void> {
    await withFakeClock(async (clock) => {
      const world = createWorld(subject, 'qr', clock)
      const subscription = subscribed(world, new AbortController())
      await firstPush(subscription, clock)
      world.emulator.scan()
      await until(
        'The phone was linked, and a push should say so',
        () => subscription.pushed.some((snapshot) => asRecord(snapshot).status === 'linked'),
        () => clock.pass(STEP_MS),
      )
      subscription.checkForm()
      subscription.end()
    })
  }

  async function ends(
    stop: (subscription: Subscription, controller: AbortController) => void,
  ): Promise<void> {
    await withFakeClock(async (clock) => {
      const world = createWorld(subject, 'qr', clock)
      const controller = new AbortController()
      const subscription = subscribed(world, controller)
      await firstPush(subscription, clock)
      await clock.pass(WHILE_MS)
      subscription.checkForm()
      stop(subscription, controller)
      const before = subscription.pushed.length
      await live(world, clock)
      check(subscription.pushed.length === before, 'subscribe was ended, and pushed on.')
      check(
        world.server.requests.every(({ isOpen, signal }) => !isOpen || signal?.aborted),
        'subscribe was ended, and its request is open.',
      )
      // Whoever cleans up may do so twice.
      subscription.end()
      check(clock.pending === 0, 'subscribe was ended, and left a timer behind.')
    })
  }

  async function startsAborted(): Promise<void> {
    await withFakeClock(async (clock) => {
      const world = createWorld(subject, 'qr', clock)
      const controller = new AbortController()
      controller.abort()
      const { pushed } = subscribed(world, controller)
      await live(world, clock)
      check(pushed.length === 0, 'subscribe was given an aborted signal, and pushed.')
    })
  }

  async function neverThrows(): Promise<void> {
    for (const { answer } of Object.values(faults)) {
      await withFakeClock(async (clock) => {
        const world = createWorld(subject, 'unlinked', clock)
        world.server.answer = answer
        const { end, checkForm } = subscribed(world, new AbortController())
        await clock.pass(AFTER_A_FAULT_MS)
        end()
        await clock.pass(AFTER_A_FAULT_MS)
        checkForm()
      })
    }
  }

  /** The code changes, is scanned, and the link is ended, each with time for it to be noticed. */
  async function live({ emulator }: World, clock: FakeClock): Promise<void> {
    for (const step of [emulator.rotate, emulator.scan, emulator.disconnect]) {
      step()
      await clock.pass(WHILE_MS)
    }
  }

  async function leavesOthersAlone(): Promise<void> {
    const { provider } = createWorld(subject)
    for (const body of [...foreignBodies, ...foreignWebhooks]) {
      const snapshot = read(provider, body)
      check(snapshot === undefined, `readWebhook made something of ${JSON.stringify(body)}.`)
    }
  }

  async function readsItsOwn(): Promise<void> {
    const { provider, server } = createWorld(subject)
    for (const body of webhooks) {
      const before = JSON.stringify(body)
      checkSnapshot(read(provider, body), `readWebhook of ${before}`)
      check(JSON.stringify(body) === before, 'readWebhook changed what it was given.')
    }
    check(server.requests.length === 0, 'readWebhook sent a request.')
  }

  async function holdsOut(): Promise<void> {
    const { provider } = createWorld(subject)
    const echo = secrets.join(' ') || 'text'
    for (const change of webhooks.flatMap((body) => changesOf(JSON.stringify(body), echo))) {
      const snapshot = read(provider, JSON.parse(change.body))
      if (snapshot !== undefined) checkSnapshot(snapshot, `readWebhook, given ${change.title},`)
      const shown = everythingIn(snapshot, ['name', 'id'])
      for (const secret of secrets)
        check(!shown.includes(secret), `readWebhook, given ${change.title}, gave a secret away.`)
    }
  }
}

function read(provider: PairingProvider, body: unknown): unknown {
  return attempt(`readWebhook of ${JSON.stringify(body)}`, () => provider.readWebhook?.(body))
}

/** For what must never throw: a stranger's request, or a page that goes away, would become a crash. */
function attempt<Value>(what: string, run: () => Value): Value {
  try {
    return run()
  } catch (error) {
    throw new Error(`${what} threw ${shown({ error })}, and must never throw.`)
  }
}
