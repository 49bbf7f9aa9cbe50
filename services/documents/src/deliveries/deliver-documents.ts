import { documentsDelivered, emit } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'
import { outcomeOf, pauseMs } from './delivery.ts'
import type { AcceptedDocument, System } from './system.ts'

type Due = AcceptedDocument & { requestId: string; attempts: number }

/** What a crash has left is taken again after this; a partner who is slower than that is told twice, which is safe. */
const claimMs = 20_000
const most = 6

const claim = ({ sql, now }: Resources, system: System): Promise<Due[]> => {
  const time = now()
  return sql<Due[]>`
    update deliveries set ask_at = ${new Date(time.getTime() + claimMs)}, attempts = attempts + 1
    from documents, requests, versions, uploads, reviews
    where documents.id = deliveries.document_id and requests.id = documents.request_id
      and versions.id = deliveries.version_id and uploads.id = versions.upload_id
      and reviews.version_id = deliveries.version_id and deliveries.id in (
        select id from deliveries where system = ${system} and state = 'waiting' and ask_at <= ${time}
        order by ask_at limit ${most} for update skip locked
      )
    returning deliveries.id as delivery_id, deliveries.document_id, deliveries.attempts, documents.user_id,
      requests.id as request_id, kind, title, campaign_id, file_name, content_type, size_bytes, sha256,
      versions.stored_at, reviewed_at as accepted_at`
}

const markDelivered = ({ sql, now, newId }: Resources, system: System, due: Due): Promise<void> =>
  transaction(sql, async (tx) => {
    const time = now()
    const { deliveryId, documentId, requestId } = due
    const first = await tx`
      update deliveries set state = 'delivered', delivered_at = ${time}, reason = null, told = null
      where id = ${deliveryId} and state <> 'delivered' returning id`
    if (first.length === 0) return
    const occurrence = { id: newId(), subject: requestId, time }
    await emit(tx, documentsDelivered, occurrence, { documentId, system })
  })

const markNotDelivered = async (resources: Resources, system: System, due: Due, error: unknown) => {
  const { sql, now, random, log } = resources
  const { deliveryId, attempts } = due
  const { state, reason, told } = outcomeOf(error)
  const askAt = new Date(now().getTime() + pauseMs(attempts, random(1)[0] ?? 0))
  await sql`
    update deliveries set state = ${state}, ask_at = ${askAt}, reason = ${reason}, told = ${told}
    where id = ${deliveryId} and state = 'waiting'`
  log.warn('document-not-delivered', { deliveryId, system, state, reason, attempts })
}

/** One lane for each partner: who is slow or away holds up nobody else. Answers how many arrived, so that a partner who is away is not asked round after round. */
export const deliverDocuments = async (resources: Resources, system: System): Promise<number> => {
  const deliver = resources.partners[system]
  if (!deliver) return 0
  const due = await claim(resources, system)
  const arrived = await Promise.all(
    due.map(async (one) => {
      try {
        await deliver(one)
      } catch (error) {
        await markNotDelivered(resources, system, one, error)
        return false
      }
      await markDelivered(resources, system, one)
      return true
    }),
  )
  return arrived.filter(Boolean).length
}
