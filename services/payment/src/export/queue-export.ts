import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'

export type ExportKind = 'invoice' | 'payment' | 'refund'
type Queued = { id: string; kind: ExportKind; afterId: string | null }

/** The row stands in the transaction of what it reports; the job `export-to-one-c` does the rest. */
export const queueExport = async (
  tx: Transaction,
  { now }: WriteResources,
  { id, kind, afterId }: Queued,
): Promise<void> => {
  const time = now()
  await tx`insert into exports ${tx({ id, kind, afterId, state: 'waiting', attempts: 0, createdAt: time, askAt: time })}`
}
