import { wakeJob } from '@kontora/jobs'
import type { Transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import { laneOf, type Partners, type System, systems } from './system.ts'

type Accepted = { documentId: string; versionId: string; campaignId: string | null }

/** Part of the review's transaction: who accepts a document has sent it on its way. */
export const planDeliveries = async (
  tx: Transaction,
  { now, newId, partners }: Pick<WriteResources, 'now' | 'newId'> & { partners: Partners },
  { documentId, versionId, campaignId }: Accepted,
): Promise<void> => {
  const time = now()
  const wanted = (system: System) => partners[system] && (system !== 'campaigns' || campaignId)
  for (const system of systems.filter(wanted)) {
    const row = { id: newId(), documentId, versionId, system, state: 'waiting', attempts: 0 }
    await tx`insert into deliveries ${tx({ ...row, askAt: time, plannedAt: time })}`
    wakeJob(tx, laneOf(system))
  }
}
