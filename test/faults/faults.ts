import type { PairingMethod } from '../../src/index.js'
import { accountFaults } from './account-faults.js'
import { browserFaults } from './browser-faults.js'
import type { Column, Fault } from './fault.js'
import { hostFaults } from './host-faults.js'
import { commonFaults, providerFaults } from './provider-faults.js'
import type { Service } from './provider-side.js'

/** From its first answer on, a page that was opened for a pairing code is any other page at WASend, which has none. */
function withoutRepetition(fault: Fault): Fault {
  if (fault.when === 'at the first request') return fault
  const { 'wasend/phone-code': _, ...ends } = fault.ends
  return { ...fault, ends }
}

const ofEveryProvider = new Set([...commonFaults, ...hostFaults, ...browserFaults].map(({ name }) => name))

/**
 * Whether it ends as it does at GREEN-API, and happens where the provider makes no difference: between the page and its server, or in the
 * HTTP of its responses, which all adapters read with the same code (`test/providers/request`). `npm test` has it at GREEN-API alone.
 */
export const isAsAtGreenApi = ({ name, ends }: Fault, column: Column, method: PairingMethod): boolean =>
  !column.startsWith('green-api') &&
  ofEveryProvider.has(name) &&
  [ends[`green-api/${method}`], ends['green-api/qr']].includes(ends[column])

/** Whether it ends by the other method as well, and begins where no code is on screen: before the first response, or after the link. */
export const isAsWithQrCode = ({ when, ends }: Fault, id: Service, method: PairingMethod): boolean => {
  const end = ends[`${id}/${method}`]
  const isFirst = when === 'at the first request' && end?.startsWith('failed')
  return method !== 'qr' && end === ends[`${id}/qr`] && (isFirst || when === 'once linked')
}

/** All that may go wrong, when, and where it ends. */
export const faults: readonly Fault[] = [
  ...providerFaults,
  ...accountFaults,
  ...hostFaults,
  ...browserFaults,
].map(withoutRepetition)
