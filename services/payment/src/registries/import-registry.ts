import type { User } from '@kontora/access'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { askForProof } from '../reconciliation/ask-for-proof.ts'
import type { WriteResources } from '../resources.ts'
import type { RegistryFile, RegistryOperation } from './read-registry-file.ts'
import { storePayouts } from './store-payouts.ts'

export const ImportedRegistry = v.object({
  registryId: Id,
  lines: v.number(),
  /** Operations that were not known yet. */
  added: v.number(),
  /** The very file was imported before: nothing has changed. */
  known: v.boolean(),
})
export type ImportedRegistry = v.InferOutput<typeof ImportedRegistry>

/** All of a registry or nothing of it; an operation that is known already is not counted again. */
export const importRegistry = (
  resources: WriteResources,
  who: Pick<User, 'id'>,
  { sha256, operations }: RegistryFile,
): Promise<ImportedRegistry> =>
  transaction(resources.sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('import-registry', 0))`
    const lines = operations.length
    const [known] = await tx<{ id: string }[]>`select id from registries where sha256 = ${sha256}`
    if (known) return { registryId: known.id, lines, added: 0, known: true }
    const registryId = resources.newId()
    const days = operations.map(({ operatedOn }) => operatedOn).toSorted()
    await tx`insert into registries ${tx({ id: registryId, sha256, lines, added: 0, fromDay: days[0] ?? '', toDay: days.at(-1) ?? '', importedBy: who.id, importedAt: resources.now() })}`
    const payouts = await storePayouts(tx, resources, operations)
    const added = await storeOperations(tx, resources, registryId, payouts, operations)
    await tx`update registries set added = ${added} where id = ${registryId}`
    await addUp(tx, [...payouts.values()])
    await askForProof(tx, resources, [...days, ...operations.map(({ paidOn }) => paidOn)])
    wakeJob(tx, 'find-payouts')
    return { registryId, lines, added, known: false }
  })

const identityOf = ({ kind, orderNumber, reference, operatedOn, grossKopecks, payout }: RegistryOperation) =>
  [kind, orderNumber, reference, operatedOn, grossKopecks, payout].join('\u001f')

/** Equal operations are counted, as equal lines of a statement are. */
const counted = (operations: readonly RegistryOperation[]) => {
  const counts = new Map<string, number>()
  return operations.map((operation) => {
    const identity = identityOf(operation)
    const ordinal = (counts.get(identity) ?? 0) + 1
    counts.set(identity, ordinal)
    return { ...operation, identity, ordinal }
  })
}

const storeOperations = async (
  tx: Transaction,
  { newId }: WriteResources,
  registryId: string,
  payouts: ReadonlyMap<string, string>,
  operations: readonly RegistryOperation[],
): Promise<number> => {
  const rows = counted(operations).map((operation) => ({
    id: newId(),
    payout_id: payouts.get(operation.payout) ?? '',
    identity: operation.identity,
    ordinal: operation.ordinal,
    kind: operation.kind,
    way: operation.way,
    order_number: operation.orderNumber,
    reference: operation.reference,
    operated_on: operation.operatedOn,
    gross: operation.grossKopecks,
    commission: operation.commissionKopecks,
    net: operation.netKopecks,
  }))
  const added = await tx`
    insert into registry_lines (id, registry_id, payout_id, identity, ordinal, kind, way, order_number, reference,
      operated_on, gross_kopecks, commission_kopecks, net_kopecks)
    select id, ${registryId}, payout_id, sha256(convert_to(identity, 'UTF8')), ordinal, kind, way, order_number,
      reference, operated_on, gross, commission, net
    from jsonb_to_recordset(${tx.json(rows)}) as line (id uuid, payout_id uuid, identity text, ordinal integer, kind text,
      way text, order_number text, reference text, operated_on date, gross bigint, commission bigint, net bigint)
    on conflict (identity, ordinal) do nothing returning id`
  return added.length
}

/** What was paid stays as it was booked: if the bank adds to it later, the proof of the day tells. */
const addUp = async (tx: Transaction, payoutIds: readonly string[]): Promise<void> => {
  await tx`
    update payouts set gross_kopecks = told.gross, commission_kopecks = told.gross - told.net, net_kopecks = told.net
    from (
      select payout_id, sum(case kind when 'payment' then gross_kopecks else -gross_kopecks end)::bigint as gross,
        sum(net_kopecks)::bigint as net
      from registry_lines where payout_id in ${tx(payoutIds)} group by payout_id) as told
    where payouts.id = told.payout_id and registered_at is null`
}
