import { emit, notificationFailed, notificationSent } from '@kontora/events'
import type { Transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'

type Settled = { id: string; kind: string; userId: string | null; aboutId: string | null }
type SettleResources = Pick<Resources, 'now' | 'newId'>

/** The provider has it, as its answer or its webhook said: whichever comes first tells of it and erases the frozen letter. */
export const markSent = async (
  tx: Transaction,
  resources: SettleResources,
  { id, providerId }: { id: string; providerId: string | null },
): Promise<void> => {
  const time = resources.now()
  const [sent] = await tx<Settled[]>`
    update messages set state = case when state in ('delivered', 'bounced', 'complained') then state else 'sent' end,
      provider_id = coalesce(${providerId}, provider_id), sent_at = ${time}, settled_at = ${time}, letter_sealed = null, reason = null
    where id = ${id} and sent_at is null
    returning id, kind, user_id, about_id`
  if (sent) await tell(tx, resources, notificationSent, sent)
}

/** Never to be sent any more. */
export const markFailed = async (
  tx: Transaction,
  resources: SettleResources,
  { id, state, reason }: { id: string; state: 'failed' | 'expired' | 'skipped'; reason: string },
): Promise<void> => {
  const [failed] = await tx<Settled[]>`
    update messages set state = ${state}, reason = ${reason}, settled_at = ${resources.now()}, letter_sealed = null
    where id = ${id} and state in ('waiting', 'ready', 'parked')
    returning id, kind, user_id, about_id`
  if (failed) await tell(tx, resources, notificationFailed, failed)
}

const tell = (
  tx: Transaction,
  { now, newId }: SettleResources,
  event: typeof notificationSent,
  { id, ...told }: Settled,
): Promise<void> => emit(tx, event, { id: newId(), subject: id, time: now() }, { messageId: id, ...told })
