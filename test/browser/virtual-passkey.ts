import { commands } from 'vitest/browser'
import type { PasskeyRequestOptions, SignPasskey } from '../../src/index.js'

/** The functions of `passkey-commands.ts`, which runs in the browser outside the page of the test. */
export interface VirtualPasskey {
  /** Resolves with the public key of the passkey: SPKI in base64url. */
  openWhatsAppWeb(): Promise<string>
  signOnWhatsAppWeb(
    options: PasskeyRequestOptions,
    how?: { readonly isRefused?: boolean },
  ): Promise<{ readonly assertion?: Awaited<ReturnType<SignPasskey>>; readonly error?: string }>
  closeWhatsAppWeb(): Promise<void>
}

declare module 'vitest/browser' {
  interface BrowserCommands extends VirtualPasskey {}
}

/**
 * Signs with a real `navigator.credentials.get` in a tab of `https://web.whatsapp.com`, as a desktop app or an extension does.
 */
export const signOnWhatsAppWeb =
  (how?: { readonly isRefused?: boolean }): SignPasskey =>
  async (options) => {
    const { assertion, error } = await commands.signOnWhatsAppWeb(options, how)
    if (!assertion) throw new DOMException('Not signed.', error)
    return assertion
  }
