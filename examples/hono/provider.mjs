// @ts-check
/** @import { PairingProvider } from 'whatsapp-pairing/server' */
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { createEmulator, linkAutomatically, mockGreenApi, mockGreenApiSocket } from 'whatsapp-pairing/testing'

/**
 * The instance that the environment names; where it names none, a simulated one. Make it once: its requests wait for
 * one another.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @returns {PairingProvider}
 */
export function providerFrom(environment) {
  const { GREEN_API_ID_INSTANCE: idInstance = '', GREEN_API_API_TOKEN_INSTANCE: apiTokenInstance = '' } =
    environment
  // With only one of them set it throws, so that a simulated phone is not taken for a real one.
  if (idInstance || apiTokenInstance)
    return greenApi({ idInstance, apiTokenInstance, apiUrl: environment.GREEN_API_API_URL })
  return simulatedProvider()
}

/** A phone that scans by itself, for a look without an account. Your own server has no such thing. */
function simulatedProvider() {
  const emulator = linkAutomatically(createEmulator())
  const instance = { idInstance: '1101000001', apiTokenInstance: 'simulated' }
  return greenApi({
    ...instance,
    fetch: mockGreenApi(emulator, instance).fetch,
    webSocket: mockGreenApiSocket(emulator, instance),
  })
}
