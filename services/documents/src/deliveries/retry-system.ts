import { transaction } from '@kontora/postgres'
import type { WriteResources } from '../resources.ts'
import { retryDelivery } from './retry-delivery.ts'
import type { System } from './system.ts'

const most = 1000

/** All that failed at one partner, after its cause is mended; answers how many were taken up. */
export const retrySystem = (
  resources: Pick<WriteResources, 'sql' | 'now'>,
  who: { id: string },
  { system }: { system: System },
): Promise<number> =>
  transaction(resources.sql, async (tx) => {
    const failed = await tx<{ id: string }[]>`
      select id from deliveries where state = 'failed' and system = ${system} order by id limit ${most} for update`
    for (const { id: deliveryId } of failed)
      await retryDelivery({ ...resources, sql: tx }, who, { deliveryId })
    return failed.length
  })
