import type { Sql } from '@kontora/postgres'
import type { KnownLegalEntity } from './legal-entity.ts'

const columns = (sql: Sql) => sql`
  id as legal_entity_id, version, name, full_name, inn, kpp, ogrn, address, bank_account, bank_name, bik,
  correspondent_account, director, accountant, number_prefix, vat_mode, tax_system, capture`

/** As they are now, the oldest first. */
export const readLegalEntities = (sql: Sql): Promise<KnownLegalEntity[]> => sql<KnownLegalEntity[]>`
  select ${columns(sql)} from legal_entities where replaced_at is null order by id`

/** The seller as an invoice of his names him: as he was on the day of its issue. */
export const readSeller = async (sql: Sql, invoiceId: string): Promise<KnownLegalEntity | undefined> => {
  const [seller] = await sql<KnownLegalEntity[]>`
    select ${columns(sql)} from legal_entities
    where (id, version) = (select legal_entity_id, legal_entity_version from invoices where id = ${invoiceId})`
  return seller
}
