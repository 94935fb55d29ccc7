import { PairingError } from '../core/errors.js'
import type { PairingUpdate } from '../core/update.js'

/** `pps.whatsapp.net`, or `*.whatsapp.net` for every host below it. */
const HOST = /^(?:\*\.)?(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z\d-]*[a-z]$/

/**
 * Removes the picture of an account from an update, unless its host is in the list. A browser that loads the picture reveals the
 * user's IP address to its host.
 *
 * @throws {@link PairingError} `invalid-options` for a value that is not a host and would never match
 */
export function createAvatarFilter(
  hosts: readonly string[] | undefined,
): (update: PairingUpdate) => PairingUpdate {
  if (hosts === undefined) return (update) => update
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string' && HOST.test(host))) {
    throw new PairingError(
      'invalid-options',
      'avatarHosts of createPairingHandler() takes hosts in lower case, without scheme, port and path: "pps.whatsapp.net" or ' +
        '"*.whatsapp.net". Anything else never matches.',
    )
  }
  const isAllowed = (url: string): boolean => {
    const { hostname } = new URL(url)
    return hosts.some(
      (host) => hostname === host || (host.startsWith('*.') && hostname.endsWith(host.slice(1))),
    )
  }
  return ({ account, ...update }) => {
    if (!account) return update
    const { avatarUrl, ...rest } = account
    return {
      ...update,
      account: avatarUrl && URL.canParse(avatarUrl) && isAllowed(avatarUrl) ? account : rest,
    }
  }
}
