/** Every {@link SessionNotice}. */
export const sessionNotices = [
  'link-ended',
  'link-not-finished',
  'unlinked-on-phone',
  'code-replaced',
] as const

/**
 * Why the state before this one ended, where the user did not end it: a finished link was ended soon after
 * (`link-ended`) or later (`unlinked-on-phone`), a scan led to no link (`link-not-finished`), or another user requested a
 * pairing code, which ended the one on screen (`code-replaced`).
 */
export type SessionNotice = (typeof sessionNotices)[number]
