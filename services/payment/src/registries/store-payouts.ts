import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import type { RegistryOperation } from './read-registry-file.ts'

/** The payouts that these operations belong to, by the bank's number; their sums come when the operations are stored. */
export const storePayouts = async (
  tx: Transaction,
  { newId }: WriteResources,
  operations: readonly RegistryOperation[],
): Promise<Map<string, string>> => {
  const days = new Map(operations.map(({ payout, paidOn }) => [payout, paidOn]))
  const none = { grossKopecks: 0, commissionKopecks: 0, netKopecks: 0 }
  const rows = Array.from(days, ([number, paidOn]) => ({ id: newId(), number, paidOn, ...none }))
  await tx`insert into payouts ${tx(rows)} on conflict (number) do nothing`
  const known = await tx<{ id: string; number: string }[]>`
    select id, number from payouts where number in ${tx([...days.keys()])}`
  return new Map(known.map(({ id, number }) => [number, id]))
}
