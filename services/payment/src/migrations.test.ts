import { expect, test } from 'bun:test'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Migration, migrate } from '@kontora/postgres/migrate'
import { testDatabase } from '@kontora/testing'
import { migrations } from './migrations.node.ts'

const own = migrations.at(-1) as URL

/** The service's migrations up to this number, as an earlier version had them. */
const upTo = (root: string, number: string): Migration[] => {
  const folder = join(root, 'payment', 'migrations')
  cpSync(own, folder, {
    recursive: true,
    filter: (path) => !path.endsWith('.sql') || (path.split('/').at(-1) ?? '').slice(0, 4) <= number,
  })
  return [...migrations.slice(0, -1), pathToFileURL(`${folder}/`)]
}

test('invoices of before there were sellers are carried over, and their numbers go on', async () => {
  const root = mkdtempSync(join(tmpdir(), 'payment-before-'))
  const database = await testDatabase({ name: 'payment', migrations: upTo(root, '0005') })
  const { sql, ownerSql } = database
  const time = new Date('2026-05-05T00:00:00Z')
  const old = ['issued', 'paid', 'cancelled'].map((state, i) => ({
    id: crypto.randomUUID(),
    number: `2026-00000${i + 1}`,
    userId: crypto.randomUUID(),
    amountKopecks: 3 * (i + 1),
    state,
    issuedBy: 'x',
    issuedAt: time,
    paidAt: state === 'paid' ? time : null,
    cancelledAt: state === 'cancelled' ? time : null,
  }))
  await sql`insert into invoices ${sql(old)}`
  const lines = old.map(({ id, amountKopecks }) => ({
    ...{ invoiceId: id, position: 0, title: 'x', quantity: 1, priceKopecks: amountKopecks },
    ...{ amountKopecks, vat: '20' },
  }))
  await sql`insert into invoice_lines ${sql(lines)}`
  await sql`insert into invoice_counters (year, last) values (2026, 3)`

  await migrate(ownerSql, migrations)

  const rows = await sql`
    select number, number_year, number_count, legal_entity_version, paid_kopecks, drafted_at, vat_kopecks
    from invoices join invoice_lines on invoice_id = id order by number`
  const same = { numberYear: 2026, legalEntityVersion: 1, draftedAt: time }
  expect([...rows] as object[]).toEqual([
    { number: '2026-000001', numberCount: 1, paidKopecks: 0, vatKopecks: 1, ...same },
    { number: '2026-000002', numberCount: 2, paidKopecks: 6, vatKopecks: 1, ...same },
    { number: '2026-000003', numberCount: 3, paidKopecks: 0, vatKopecks: 2, ...same },
  ])
  expect([
    ...(await sql`
      select year, last, name, inn from invoice_counters join legal_entities on id = legal_entity_id`),
  ] as object[]).toEqual([{ year: 2026, last: 3, name: 'Организация', inn: null }])
  await database.close()
  rmSync(root, { recursive: true })
})

test('exports of before the books are carried over, and the version before goes on writing them while it runs', async () => {
  const root = mkdtempSync(join(tmpdir(), 'payment-before-'))
  const database = await testDatabase({ name: 'payment', migrations: upTo(root, '0010') })
  const { sql, ownerSql } = database
  const time = new Date('2026-05-05T00:00:00Z')
  const sellerId = crypto.randomUUID()
  const seller = { name: 'x', fullName: 'x', numberPrefix: '', vatMode: 'general', taxSystem: 0, madeBy: 'x' }
  await sql`insert into legal_entities ${sql({ id: sellerId, version: 1, ...seller, madeAt: time })}`
  const userId = crypto.randomUUID()
  const issued = async (count: number): Promise<string> => {
    const id = crypto.randomUUID()
    const numbered = { number: String(count), numberYear: 2026, numberCount: count, legalEntityVersion: 1 }
    const drafted = { draftedBy: 'x', draftedAt: time, issuedBy: 'x', issuedAt: time }
    const invoice = { id, userId, amountKopecks: 500, state: 'issued', legalEntityId: sellerId }
    await sql`insert into invoices ${sql({ ...invoice, ...numbered, ...drafted })}`
    return id
  }
  const settled = async (invoiceId: string): Promise<string> => {
    const id = crypto.randomUUID()
    const orderNumber = id.replaceAll('-', '').slice(0, 26)
    const order = { id, invoiceId, userId, amountKopecks: 500, orderNumber, mdOrder: id, wantsQr: false }
    const ended = {
      state: 'settled',
      way: 'sbp',
      refundedKopecks: 0,
      startedAt: time,
      openedAt: time,
      endedAt: time,
    }
    await sql`insert into attempts ${sql({ ...order, ...ended, capturedKopecks: 300 })}`
    return id
  }
  const queue = (id: string, kind: string, afterId: string | null) =>
    sql`insert into exports ${sql({ id, kind, afterId, state: 'waiting', attempts: 0, createdAt: time, askAt: time })}`.execute()
  const invoiceId = await issued(1)
  const attemptId = await settled(invoiceId)
  await queue(invoiceId, 'invoice', null)
  await queue(attemptId, 'payment', invoiceId)

  await migrate(ownerSql, migrations)
  // Planted as they stand in the end: how they came there is told by their own tests.
  await ownerSql`alter table invoices disable trigger invoices_transition`
  await ownerSql`alter table attempts disable trigger attempts_transition`

  const later = await issued(2)
  const paidLater = await settled(later)
  await queue(later, 'invoice', null)
  await queue(paidLater, 'payment', later)
  const rows = await sql`
    select document_id, invoice_id, user_id, amount_kopecks, way, happened_at from exports order by position`
  const same = { userId, happenedAt: time }
  expect([...rows] as object[]).toEqual([
    { documentId: invoiceId, invoiceId, amountKopecks: 500, way: null, ...same },
    { documentId: attemptId, invoiceId, amountKopecks: 300, way: 'sbp', ...same },
    { documentId: later, invoiceId: later, amountKopecks: 500, way: null, ...same },
    { documentId: paidLater, invoiceId: later, amountKopecks: 300, way: 'sbp', ...same },
  ])
  await database.close()
  rmSync(root, { recursive: true })
})
