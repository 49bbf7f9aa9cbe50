import type { Store } from '../../frame/store.ts'

export type ResourceKind = 'invoice' | 'payment' | 'refund'
/** What the handler keeps of a resource beside its document: in which set that lies, and what the document has no room for. */
export type Resource = { kind: ResourceKind; id: string; set: string; invoiceId: string; more: object }

export const createResourceTable = (store: Store): void =>
  void store.run(`create table if not exists service_resources (
    kind text not null, id text not null, set_name text not null, invoice_id text not null, more text not null,
    primary key (kind, id))`)

type Row = { kind: ResourceKind; id: string; set_name: string; invoice_id: string; more: string }

const read = ({ kind, id, set_name, invoice_id, more }: Row): Resource => ({
  kind,
  id,
  set: set_name,
  invoiceId: invoice_id,
  more: JSON.parse(more),
})

const columns = 'kind, id, set_name, invoice_id, more'

export const findResource = (store: Store, kind: ResourceKind, id: string): Resource | undefined => {
  const row = store
    .query<Row, [string, string]>(`select ${columns} from service_resources where kind = ? and id = ?`)
    .get(kind, id)
  return row ? read(row) : undefined
}

export const listResources = (store: Store): Resource[] =>
  store.query<Row, []>(`select ${columns} from service_resources order by kind, id`).all().map(read)

export const saveResource = (store: Store, { kind, id, set, invoiceId, more }: Resource): void =>
  void store.run(
    `insert into service_resources (${columns}) values (?, ?, ?, ?, ?)
     on conflict (kind, id) do update set set_name = excluded.set_name, more = excluded.more`,
    [kind, id, set, invoiceId, JSON.stringify(more)],
  )
