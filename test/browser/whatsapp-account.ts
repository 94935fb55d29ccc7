/** What a user does with the phone, and what happens to the app's server. */
export type AccountAction = 'scan' | 'type-code' | 'log-out' | 'restart-app'

export type PhoneAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** A phone, the WhatsApp it talks to, and an app that links it: each test has its own. */
export interface WhatsAppAccount {
  /** Of the pairing handler. */
  readonly pairingUrl: string
  act(action: AccountAction, text?: string): Promise<PhoneAnswer>
  end(): Promise<unknown>
}

export async function openWhatsAppAccount(): Promise<WhatsAppAccount> {
  // As `whatsapp-plugin.ts` mounts it.
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
