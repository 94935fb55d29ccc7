import type { ReactElement } from 'react'
import { useMemo, useState } from 'react'
import type { PasskeyAssertion, SignPasskey } from '../../src/index.js'
import { signWithTestKey } from './test-passkey.js'

/** A request for the passkey that the user of the simulated browser has not answered yet. */
export interface PasskeyPrompt {
  readonly use: () => void
  /** Signs the challenge of another session. */
  readonly useWrongly: () => void
  readonly cancel: () => void
}

/** The `signPasskey` function of the app, and its prompt. */
export function useTestPasskey(): {
  readonly signPasskey: SignPasskey
  readonly prompt: PasskeyPrompt | undefined
} {
  const [prompt, setPrompt] = useState<PasskeyPrompt>()
  const signPasskey = useMemo<SignPasskey>(
    () =>
      (options, { signal }) =>
        new Promise<PasskeyAssertion>((resolve, reject) => {
          const end = (result: () => void) => () => {
            setPrompt(undefined)
            result()
          }
          const cancel = end(() => reject(new DOMException('Cancelled.', 'NotAllowedError')))
          signal.addEventListener('abort', cancel)
          setPrompt({
            use: end(() => resolve(signWithTestKey(options))),
            useWrongly: end(() => resolve(signWithTestKey({ ...options, challenge: 'another-session' }))),
            cancel,
          })
        }),
    [],
  )
  return { signPasskey, prompt }
}

/** Simulates a browser with the page that may request the passkey. */
export function WhatsAppWeb({ prompt }: { prompt: PasskeyPrompt }): ReactElement {
  return (
    <section className="phone" aria-label="Simulated WhatsApp Web">
      <div className="phone-screen">
        <h3>web.whatsapp.com</h3>
        <p>Use your passkey to link a device to this account?</p>
        <button type="button" onClick={prompt.use}>
          Use the passkey
        </button>
        <button type="button" className="quiet" onClick={prompt.useWrongly}>
          Answer another challenge
        </button>
        <button type="button" className="quiet" onClick={prompt.cancel}>
          Cancel the passkey
        </button>
      </div>
    </section>
  )
}
