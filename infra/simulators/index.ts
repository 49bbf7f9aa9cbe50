import type { Simulator } from './frame/simulator.ts'
import { createResendSimulator } from './resend/create-resend-simulator.ts'

export type { Simulator } from './frame/simulator.ts'

/** Every partner of the business, by the name that the local stack shows. */
export const simulators = { resend: createResendSimulator } satisfies Record<
  string,
  (options: { store?: string | undefined }) => Simulator
>
