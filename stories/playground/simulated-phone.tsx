import { type FormEvent, type ReactElement, useState } from 'react'
import { type PairingSource, usePairingSession } from '../../src/index.js'
import type { EmulatorFault, EmulatorState } from '../../src/testing.js'
import { type PasskeyKind, type PhoneAction, type PhoneView, passkeyKinds } from './phone-control.js'

/** The texts for the faults of requests to the provider. */
const faults: Readonly<Record<EmulatorFault, string>> = {
  'rate-limited': 'too many requests (429)',
  'server-error': 'the provider fails (500)',
  network: 'the provider cannot be reached',
  hang: 'the provider does not respond',
  unauthorized: 'the provider refuses the key',
  'unknown-instance': 'the provider does not know the instance',
  html: 'a web page instead of JSON',
  'half-json': 'half a response',
  'empty-body': 'an empty response',
  'not-an-image': 'a QR code that is no picture',
}

const isFault = (value: string): value is EmulatorFault => Object.hasOwn(faults, value)

const refusals: Readonly<Record<string, string>> = {
  'code-expired': 'Couldn’t link device. The code has expired.',
  'wrong-code': 'Couldn’t link device. That is not the code.',
  'not-pairing': 'No code to scan yet.',
  'already-linked': 'This device is linked already.',
  'not-linked': 'No device is linked.',
  'no-passkey-required': 'No passkey was requested.',
}

/** A simulated phone. Its buttons act on the emulated account, and never on the component. */
export function SimulatedPhone({
  view,
  provider,
  onAct,
  onStartAnew,
}: {
  view: PhoneView
  provider: PairingSource
  onAct: (action: PhoneAction) => Promise<string | undefined>
  /** Resets everything, and then performs the action. */
  onStartAnew: (action: PhoneAction) => void
}): ReactElement {
  const { session } = usePairingSession({ provider })
  const [refused, setRefused] = useState<string>()
  const [code, setCode] = useState('')
  const [kind, setKind] = useState<PasskeyKind>('without a code to compare')
  const run = async (action: PhoneAction) => setRefused(await onAct(action))
  /** After its end a session sends no request, so a fault would not show. In that case a new session begins with the fault. */
  const disturb = (action: PhoneAction) => {
    if (session.status === 'expired' || session.status === 'failed') onStartAnew(action)
    else void run(action)
  }
  const typeCode = (event: FormEvent) => {
    event.preventDefault()
    void run({ type: 'type-code', code })
  }
  const { state } = view
  const shown = 'pairingCode' in state ? state.pairingCode?.value : undefined
  return (
    <section className="phone" aria-label="Simulated phone">
      <div className="phone-screen">
        <h3>Linked devices</h3>
        <p role="status" className="phone-state">
          {refused ? (refusals[refused] ?? refused) : describe(state, view.now)}
        </p>
        <button type="button" onClick={() => run({ type: 'scan' })}>
          Scan the QR code
        </button>
        <form onSubmit={typeCode}>
          <label htmlFor="typed-code">Link with phone number instead</label>
          <div className="phone-row">
            <input
              id="typed-code"
              className="field"
              placeholder="ABCD-1234"
              autoComplete="off"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
            <button type="submit">Enter</button>
          </div>
        </form>
        {shown && (
          <button type="button" className="quiet" onClick={() => run({ type: 'type-code', code: shown })}>
            Enter the code from the screen
          </button>
        )}
        <button type="button" className="quiet" onClick={() => run({ type: 'log-out' })}>
          Log out this device
        </button>
        {state.status === 'passkey-required' && (
          <button type="button" className="quiet" onClick={() => run({ type: 'solve-passkey' })}>
            Confirm with the extension
          </button>
        )}
      </div>
      <fieldset>
        <legend>WhatsApp and the provider</legend>
        <button type="button" className="quiet" onClick={() => run({ type: 'rotate' })}>
          Let the QR code expire
        </button>
        <label htmlFor="passkey">Passkey</label>
        <select
          id="passkey"
          className="field"
          value={kind}
          onChange={({ target }) => setKind(passkeyKinds.find((one) => one === target.value) ?? kind)}
        >
          {passkeyKinds.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <button type="button" className="quiet" onClick={() => disturb({ type: 'demand-passkey', kind })}>
          Demand a passkey
        </button>
        {state.status === 'passkey-required' && (
          <button type="button" className="quiet" onClick={() => run({ type: 'refuse-passkey' })}>
            Refuse the passkey
          </button>
        )}
        <button type="button" className="quiet" onClick={() => disturb({ type: 'leave-stale-session' })}>
          Leave a stale session
        </button>
        <label htmlFor="fault">What goes wrong from now on</label>
        <select
          id="fault"
          className="field"
          value={view.fault ?? ''}
          onChange={({ target }) =>
            disturb({ type: 'fault', fault: isFault(target.value) ? target.value : null })
          }
        >
          <option value="">nothing</option>
          {Object.entries(faults).map(([fault, words]) => (
            <option key={fault} value={fault}>
              {words}
            </option>
          ))}
        </select>
        <small>A code that is on the screen stays there until it expires.</small>
      </fieldset>
      <details>
        <summary>Requests that reached the provider: {view.requestCount}</summary>
        <ol className="requests">
          {view.requests.map(({ number, method, path, at }) => (
            <li key={number}>
              <code>
                {method} {path}
              </code>{' '}
              {Math.round((view.now - at) / 1000)} s ago
            </li>
          ))}
        </ol>
      </details>
    </section>
  )
}

function describe(state: EmulatorState, now: number): string {
  const seconds = (until: number) => Math.max(Math.ceil((until - now) / 1000), 0)
  switch (state.status) {
    case 'idle':
      return 'No codes yet.'
    case 'pairing':
      return `Code ${state.qrNumber}, ${seconds(state.qrExpiresAt)} s left.${
        state.pairingCode ? ` Enter code: ${state.pairingCode.value.replace(/^.{4}/, '$&-')}.` : ''
      }`
    case 'out-of-codes':
      return 'WhatsApp has stopped giving codes.'
    case 'stale-auth':
      return 'The provider keeps an old session.'
    case 'linking':
      return 'Linking…'
    case 'passkey-required':
      return describePasskey(state)
    case 'linked':
      return `Linked as ${state.account.name}.`
  }
}

function describePasskey({ step, code }: Extract<EmulatorState, { status: 'passkey-required' }>): string {
  switch (step) {
    case 'assert':
      return 'Continue on your other device, with your passkey.'
    case 'submitted':
      return 'Checking your passkey…'
    case 'confirm':
      return `Does your other device show ${code}?`
  }
}
