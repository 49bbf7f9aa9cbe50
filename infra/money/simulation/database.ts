import { createHash } from 'node:crypto'
import { connect, type Pool } from '@kontora/postgres'
import { realChance } from '@kontora/service'
import { simulatedSeller, simulatedSellerId, testDatabase } from '@kontora/testing'
import { putLegalEntity } from '../../../services/payment/src/legal-entities/put-legal-entity.ts'
import { migrations } from '../../../services/payment/src/migrations.node.ts'
import { openSessions } from './sessions.ts'

type Table = { name: string; counts: boolean }

/** `counts`: it numbers its rows by a sequence. */
const readTables = (sql: Pool): Promise<Table[]> => sql<Table[]>`
  select format('%I.%I', schemaname, tablename) as name, exists (
    select from pg_depend join pg_class on pg_class.oid = objid and relkind = 'S'
    where refobjid = format('%I.%I', schemaname, tablename)::regclass) as counts
  from pg_tables where schemaname = 'public' order by tablename`

const filledOf = async (sql: Pool, tables: Table[]): Promise<Table[]> => {
  const each = tables.map(({ name }) => `select '${name}' as name, exists (select from ${name}) as is_filled`)
  const rows = await sql.unsafe<{ name: string; isFilled: boolean }[]>(each.join(' union all '))
  const names = rows.filter(({ isFilled }) => isFilled).map(({ name }) => name)
  return tables.filter(({ name }) => names.includes(name))
}

export type SimulationDatabase = Awaited<ReturnType<typeof openDatabase>>

/** One database for many histories, each from empty tables. */
export const openDatabase = async () => {
  const database = await testDatabase({ name: 'payment', migrations })
  const { ownerSql, url } = database
  await putLegalEntity(
    { ...realChance(), now: () => new Date('2025-12-01T00:00:00Z'), sql: database.sql },
    { id: 'simulation' },
    { legalEntityId: simulatedSellerId, entity: simulatedSeller },
  )
  const tables = await readTables(ownerSql)
  // What migrations and the seller have filled is no history. The rest lies as it was written: one seed, one order of rows.
  const kept = await filledOf(ownerSql, tables)
  const empty = tables.filter((table) => !kept.includes(table))
  const counting = empty.filter(({ counts }) => counts)
  for (const { name } of empty) await ownerSql.unsafe(`alter table ${name} set (autovacuum_enabled = false)`)
  const [current] = await ownerSql<{ name: string }[]>`select current_database() as name`
  for (const setting of ['synchronous_commit = off', 'jit = off', 'plan_cache_mode = force_generic_plan'])
    await ownerSql.unsafe(`alter database "${current?.name}" set ${setting}`)
  const peek = connect(url, { max: 1, name: 'peek' })
  const sessions = await openSessions(url)
  return {
    peek,
    sessions,
    /** Also what only counted: a sequence goes on though its rows were undone. */
    clear: async () => {
      const names = [...new Set([...(await filledOf(ownerSql, empty)), ...counting])].map(({ name }) => name)
      await ownerSql.unsafe(`truncate ${names.join()} restart identity cascade`)
    },
    /** Every row of every table, in one number. */
    digest: async (): Promise<string> => {
      const hash = createHash('sha256')
      for (const { name } of empty) {
        const rows = await ownerSql.unsafe(`select t::text as row from ${name} t order by 1`)
        hash.update(`${name}\n${rows.map(({ row }) => row).join('\n')}\n`)
      }
      return hash.digest('hex')
    },
    close: async () => {
      await Promise.all([peek.end({ timeout: 1 }), sessions.close()])
      await database.close()
    },
  }
}
