import type { Simulator } from './frame/simulator.ts'

export type { Simulator } from './frame/simulator.ts'

/** Every partner of the business, by the name that the local stack shows. */
export const simulators = {} satisfies Record<string, (options: { store?: string | undefined }) => Simulator>
