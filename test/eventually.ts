/** The longest wait for an event in real time, for `vi.waitFor`. A busy machine needs more than its default of one second. */
export const eventually = { timeout: 20_000, interval: 5 }
