/** The actions of a user on the phone, and the events of the app's server. */
export type AccountAction = 'scan' | 'type-code' | 'log-out' | 'restart-app'

export type PhoneAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** A phone, its WhatsApp, and an app that links it. Each test has a separate account. */
export interface WhatsAppAccount {
  /** The URL of the pairing handler. */
  readonly pairingUrl: string
  act(action: AccountAction, text?: string): Promise<PhoneAnswer>
  end(): Promise<unknown>
}

export async function openWhatsAppAccount(): Promise<WhatsAppAccount> {
  // The path where `whatsapp-plugin.ts` mounts the account.
  const url = `/whatsapp/${crypto.randomUUID()}`
  await fetch(url, { method: 'PUT' })
  return {
    pairingUrl: `${url}/pairing`,
    async act(action, text) {
      const response = await fetch(`${url}/act`, { method: 'POST', body: JSON.stringify({ action, text }) })
      return response.json()
    },
    end: () => fetch(url, { method: 'DELETE' }),
  }
}
