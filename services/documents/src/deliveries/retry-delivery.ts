import { wakeJob } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { WriteResources } from '../resources.ts'
import type { DeliveryState } from './delivery.ts'
import { laneOf, type System } from './system.ts'

/** After a person has looked: asks again at once, under the same id. */
export const retryDelivery = (
  { sql, now }: Pick<WriteResources, 'sql' | 'now'>,
  _: { id: string },
  { deliveryId }: { deliveryId: string },
): Promise<{ deliveryId: string; state: 'waiting' }> =>
  transaction(sql, async (tx) => {
    const [delivery] = await tx<{ state: DeliveryState; system: System }[]>`
      select state, system from deliveries where id = ${deliveryId} for update`
    if (!delivery) throw new Problem('not-found', 'No such delivery')
    if (delivery.state === 'delivered') throw new Problem('conflict', 'This was delivered')
    await tx`update deliveries set state = 'waiting', ask_at = ${now()} where id = ${deliveryId}`
    wakeJob(tx, laneOf(delivery.system))
    return { deliveryId, state: 'waiting' }
  })
