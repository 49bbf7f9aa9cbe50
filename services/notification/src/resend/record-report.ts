import {
  emit,
  notificationBounced,
  notificationComplained,
  notificationDelivered,
  notificationFailed,
} from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { isHigher, type MessageState } from '../messages/message.ts'
import { markSent } from '../messages/settle-message.ts'
import type { Resources } from '../resources.ts'
import { suppressAddress } from '../suppressions/suppressions.ts'
import type { Report } from './report.ts'

type Told = { id: string; kind: string; userId: string | null; aboutId: string | null; state: MessageState }
type RecordResources = Pick<Resources, 'sql' | 'seal' | 'now' | 'newId'>

const events = {
  delivered: notificationDelivered,
  bounced: notificationBounced,
  complained: notificationComplained,
  failed: notificationFailed,
}

/** Once for each webhook, in whatever order they come. `foreign` is a letter that is not ours. */
export const recordReport = (
  resources: RecordResources,
  webhookId: string,
  report: Report,
): Promise<'recorded' | 'known' | 'foreign'> =>
  transaction(resources.sql, async (tx) => {
    const message = await lockMessage(tx, report)
    const { type, happenedAt } = report
    const row = { webhookId, messageId: message?.id ?? null, type, happenedAt, receivedAt: resources.now() }
    const first = await tx`insert into deliveries ${tx(row)} on conflict do nothing returning webhook_id`
    if (first.length === 0) return 'known'
    if (report.suppress)
      await suppressAddress({ ...resources, sql: tx }, report.suppress.address, report.suppress)
    if (!message) return 'foreign'
    if (report.state) await raise(tx, resources, message, report.state, report.providerId)
    return 'recorded'
  })

const lockMessage = async (tx: Transaction, { messageId, providerId }: Report): Promise<Told | undefined> => {
  const which = messageId ? tx`id = ${messageId}` : tx`provider_id = ${providerId}`
  const [message] = await tx<Told[]>`
    select id, kind, user_id, about_id, state from messages where ${which} for update`
  return message
}

const raise = async (
  tx: Transaction,
  resources: RecordResources,
  { id, state: before, ...told }: Told,
  state: MessageState,
  providerId: string | null,
): Promise<void> => {
  await markSent(tx, resources, { id, providerId })
  if (!(state in events) || !isHigher(state, before)) return
  await tx`update messages set state = ${state}, settled_at = ${resources.now()} where id = ${id}`
  const occurrence = { id: resources.newId(), subject: id, time: resources.now() }
  await emit(tx, events[state as keyof typeof events], occurrence, { messageId: id, ...told })
}
