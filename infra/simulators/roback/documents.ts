import * as v from 'valibot'
import type { Store } from '../frame/store.ts'

const Status = v.picklist(['uploaded', 'signed', 'rejected', 'archived'])
const Word = v.pipe(v.string(), v.nonEmpty(), v.maxLength(1000))

export const DocumentCard = v.object({
  type: Word,
  number: v.optional(Word),
  date: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/)),
  title: Word,
  fileName: Word,
  mimeType: v.pipe(v.string(), v.regex(/^[\w.+-]+\/[\w.+-]+$/)),
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{64}$/)),
  status: Status,
  contractId: v.optional(v.pipe(v.string(), v.uuid())),
  campaignId: v.optional(v.pipe(v.string(), v.uuid())),
  downloadUrl: v.pipe(v.string(), v.url()),
})
export type DocumentCard = v.InferOutput<typeof DocumentCard>

export const StatusChange = v.object({ status: Status, reason: v.optional(Word) })

export type KeptDocument = DocumentCard & { id: string; clientId: string; updatedAt: string; reason?: string }
export type Arrived = KeptDocument & { deliveries: number; changes: number }

type Row = { card: string; deliveries: number; changes: number }

export const prepareDocuments = (store: Store): void => {
  store.run(`create table if not exists documents (
    client_id text not null, id text not null, card text not null, deliveries integer not null,
    changes integer not null, primary key (client_id, id))`)
}

/** A repeat with the same card changes nothing but the count of deliveries. */
export const putDocument = (store: Store, document: KeptDocument): { fresh: boolean; kept: KeptDocument } => {
  const before = findRow(store, document.clientId, document.id)
  const old = before && (JSON.parse(before.card) as KeptDocument)
  const same = old && JSON.stringify(withoutTime(old)) === JSON.stringify(withoutTime(document))
  const kept = same ? old : document
  store
    .query(
      `insert into documents (client_id, id, card, deliveries, changes) values (?, ?, ?, 1, 1)
       on conflict do update set card = excluded.card, deliveries = deliveries + 1, changes = changes + ?`,
    )
    .run(kept.clientId, kept.id, JSON.stringify(kept), same ? 0 : 1)
  return { fresh: !before, kept }
}

/** A repeat under the same key was delivered too. */
export const countDelivery = (store: Store, clientId: string, id: string): void =>
  void store
    .query('update documents set deliveries = deliveries + 1 where client_id = ? and id = ?')
    .run(clientId, id)

export const changeStatus = (
  store: Store,
  clientId: string,
  id: string,
  change: v.InferOutput<typeof StatusChange> & { updatedAt: string },
): KeptDocument | undefined => {
  const row = findRow(store, clientId, id)
  if (!row) return undefined
  const { reason, ...rest } = change
  const changed = { ...(JSON.parse(row.card) as KeptDocument), ...rest, ...(reason && { reason }) }
  store
    .query('update documents set card = ?, changes = changes + 1 where client_id = ? and id = ?')
    .run(JSON.stringify(changed), clientId, id)
  return changed
}

export const arrivedDocuments = (store: Store): Arrived[] =>
  store
    .query<Row, []>('select card, deliveries, changes from documents order by rowid')
    .all()
    .map(({ card, deliveries, changes }) => ({ ...(JSON.parse(card) as KeptDocument), deliveries, changes }))

const findRow = (store: Store, clientId: string, id: string): Row | null =>
  store
    .query<Row, [string, string]>(
      'select card, deliveries, changes from documents where client_id = ? and id = ?',
    )
    .get(clientId, id)

const withoutTime = ({ updatedAt: _, reason: __, ...card }: KeptDocument): object => card
