/** What a hand does with the phone, and fate with the servers. */
export type WorldAction =
  | 'scan'
  | 'type-code'
  | 'log-out'
  /** From now on the phone says "Couldn't link device" to everything. */
  | 'decline'
  | 'accept'
  | 'restart-whatsapp'
  | 'restart-app'

export type PhoneAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** A phone, the WhatsApp it talks to, and an app that links it: each test has its own. */
export interface WhatsAppWorld {
  /** Of the pairing handler. */
  readonly pairingUrl: string
  act(action: WorldAction, text?: string): Promise<PhoneAnswer>
  end(): Promise<unknown>
}

/** @param codeLifetimeMs Of each of three QR codes; by default as long as WhatsApp's. */
export async function openWhatsAppWorld(codeLifetimeMs?: number): Promise<WhatsAppWorld> {
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
