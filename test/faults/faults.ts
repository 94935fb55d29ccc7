import { accountFaults } from './account-faults.js'
import { browserFaults } from './browser-faults.js'
import type { Fault } from './fault.js'
import { hostFaults } from './host-faults.js'
import { providerFaults } from './provider-faults.js'

/** From its first answer on, a page that was opened for a pairing code is any other page at WASend, which has none. */
function withoutRepetition(fault: Fault): Fault {
  if (fault.when === 'at the first request') return fault
  const { 'wasend/phone-code': _, ...ends } = fault.ends
  return { ...fault, ends }
}

const ofEveryProvider = new Set([...hostFaults, ...browserFaults].map(({ name }) => name))

/** Whether it happens between the page and its server, where the provider makes no difference: `npm test` has it at one of them. */
export const isOfEveryProvider = ({ name }: Fault): boolean => ofEveryProvider.has(name)

/** All that may go wrong, when, and where it ends. */
export const faults: readonly Fault[] = [
  ...providerFaults,
  ...accountFaults,
  ...hostFaults,
  ...browserFaults,
].map(withoutRepetition)
