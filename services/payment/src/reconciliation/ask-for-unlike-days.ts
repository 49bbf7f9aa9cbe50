import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import { askForProof } from './ask-for-proof.ts'
import { findUnlikeLines } from './find-line-differences.ts'

/** The account as a whole is wrong: the days of the lines that are wrong are proved anew, whenever they were. */
export const askForUnlikeDays = async (
  tx: Transaction,
  resources: WriteResources,
  provedDay: string,
): Promise<void> => {
  const unlike = await findUnlikeLines(tx, tx`booked_on <> ${provedDay}`)
  if (unlike.length === 0) return
  const ids = unlike.map(({ id }) => id)
  const days = await tx<{ day: string }[]>`
    select distinct booked_on::text as day from transfers
    where id in (select jsonb_array_elements_text(${tx.json(ids)})::uuid) and not exists (
      select from differences where subject = transfers.id::text and gone_at is null)`
  await askForProof(
    tx,
    resources,
    days.map(({ day }) => day),
  )
}
