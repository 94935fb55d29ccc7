import type { PairingMethod } from '../../src/index.js'
import { accountFaults } from './account-faults.js'
import { browserFaults } from './browser-faults.js'
import type { Column, Fault } from './fault.js'
import { hostFaults } from './host-faults.js'
import { commonFaults, providerFaults } from './provider-faults.js'
import type { Service } from './provider-side.js'

/** After its first response, a page opened for a pairing code is like any other page at WASend, which has no pairing codes. */
function withoutRepetition(fault: Fault): Fault {
  if (fault.when === 'at the first request') return fault
  const { 'wasend/phone-code': _, ...ends } = fault.ends
  return { ...fault, ends }
}

const ofEveryProvider = new Set([...commonFaults, ...hostFaults, ...browserFaults].map(({ name }) => name))

/**
 * Whether a fault ends as at GREEN-API and is independent of the provider: it is between the page and its server, or in the HTTP
 * of responses, which all adapters read with the same code (`test/providers/request`). `npm test` runs it only at GREEN-API.
 */
export const isAsAtGreenApi = ({ name, ends }: Fault, column: Column, method: PairingMethod): boolean =>
  !column.startsWith('green-api') &&
  ofEveryProvider.has(name) &&
  [ends[`green-api/${method}`], ends['green-api/qr']].includes(ends[column])

/**
 * Whether a fault also ends like this with the other method, and begins while no code is on screen: before the first response, or
 * after the link.
 */
export const isAsWithQrCode = ({ when, ends }: Fault, id: Service, method: PairingMethod): boolean => {
  const end = ends[`${id}/${method}`]
  const isFirst = when === 'at the first request' && end?.startsWith('failed')
  return method !== 'qr' && end === ends[`${id}/qr`] && (isFirst || when === 'once linked')
}

/** All faults, with their moments and ends. */
export const faults: readonly Fault[] = [
  ...providerFaults,
  ...accountFaults,
  ...hostFaults,
  ...browserFaults,
].map(withoutRepetition)
