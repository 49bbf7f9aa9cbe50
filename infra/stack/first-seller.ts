import { simulatedSeller, simulatedSellerId } from '@kontora/testing/simulated-seller'
import { serviceEnv } from './parts/service-env.ts'
import type { Setting } from './parts/specs.ts'
import { runCli } from './run-cli.ts'

/** Somebody must sell before an invoice can be issued. Once he has requisites he stays as he is, whoever changed him. */
export const makeFirstSeller = async ({ place, secrets, outside }: Setting): Promise<void> => {
  const env = serviceEnv(place, 'payment', secrets, outside)
  const known = (await runCli('payment', ['legal-entity', 'list'], env)).trim()
  if (known !== 'none' && !known.includes('no requisites yet')) return
  const entity = { legalEntityId: simulatedSellerId, ...simulatedSeller }
  await runCli('payment', ['legal-entity', 'put', JSON.stringify(entity)], env)
}
