import { createCampaignsSimulator } from './campaigns/create-campaigns-simulator.ts'
import type { Simulator } from './frame/simulator.ts'
import { createOneCSimulator } from './one-c/create-one-c-simulator.ts'
import { createResendSimulator } from './resend/create-resend-simulator.ts'
import { createRobackSimulator } from './roback/create-roback-simulator.ts'
import { createSberIdSimulator } from './sber-id/create-sber-id-simulator.ts'
import { createVtbSimulator } from './vtb/create-vtb-simulator.ts'
import { createVtbOpenapiSimulator } from './vtb-openapi/create-vtb-openapi-simulator.ts'

export type { Simulator } from './frame/simulator.ts'

/** Every partner of the business, by the name that the local stack shows. */
export const simulators = {
  campaigns: createCampaignsSimulator,
  'one-c': createOneCSimulator,
  resend: createResendSimulator,
  roback: createRobackSimulator,
  'sber-id': createSberIdSimulator,
  vtb: createVtbSimulator,
  'vtb-openapi': createVtbOpenapiSimulator,
} satisfies Record<string, (options: { store?: string | undefined }) => Simulator>
