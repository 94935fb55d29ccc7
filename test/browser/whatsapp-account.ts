/** What a user does with the phone, and what happens to the servers. */
export type AccountAction =
  | 'scan'
  | 'type-code'
  | 'log-out'
  /** From now on the phone says "Couldn't link device" to everything. */
  | 'decline'
  | 'accept'
  /** From now on WhatsApp wants a passkey of this account. */
  | 'want-passkey'
  /** What listens on the socket of the app answers for it. */
  | 'pass-passkey'
  | 'restart-whatsapp'
  | 'restart-app'

export type PhoneAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** A phone, the WhatsApp it talks to, and an app that links it: each test has its own. */
export interface WhatsAppAccount {
  /** Of the pairing handler. */
  readonly pairingUrl: string
  act(action: AccountAction, text?: string): Promise<PhoneAnswer>
  end(): Promise<unknown>
}

/** @param codeLifetimeMs Of each of three QR codes; by default as long as WhatsApp's. */
export async function openWhatsAppAccount(codeLifetimeMs?: number): Promise<WhatsAppAccount> {
  // As `whatsapp-plugin.ts` mounts it.
  const url = `/whatsapp/${crypto.randomUUID()}`
  await fetch(url, { method: 'PUT', body: JSON.stringify({ codeLifetimeMs }) })
  return {
    pairingUrl: `${url}/pairing`,
    async act(action, text) {
      const response = await fetch(`${url}/act`, { method: 'POST', body: JSON.stringify({ action, text }) })
      return response.json()
    },
    end: () => fetch(url, { method: 'DELETE' }),
  }
}
