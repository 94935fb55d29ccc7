// @ts-check
/** @import { PairingProvider } from 'whatsapp-pairing/server' */
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { createEmulator, linkAutomatically, mockGreenApi, mockGreenApiSocket } from 'whatsapp-pairing/testing'

/**
 * The instance from the environment variables, or a simulated one without them. Create it once, so that its requests run one at a
 * time.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {PairingProvider}
 */
export function providerFrom(environment) {
  const { GREEN_API_ID_INSTANCE: idInstance = '', GREEN_API_API_TOKEN_INSTANCE: apiTokenInstance = '' } =
    environment
  // With only one of them set it throws, so that a simulated phone is not mistaken for a real one.
  if (idInstance || apiTokenInstance)
    return greenApi({ idInstance, apiTokenInstance, apiUrl: environment.GREEN_API_API_URL })
  return simulatedProvider()
}

/** A phone that scans automatically, to try this without an account. Your own server does not need it. */
function simulatedProvider() {
  const emulator = linkAutomatically(createEmulator())
  const instance = { idInstance: '1101000001', apiTokenInstance: 'simulated' }
  return greenApi({
    ...instance,
    fetch: mockGreenApi(emulator, instance).fetch,
    webSocket: mockGreenApiSocket(emulator, instance),
  })
}
