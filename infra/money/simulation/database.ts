import { createHash } from 'node:crypto'
import { connect } from '@kontora/postgres'
import { realChance } from '@kontora/service'
import { simulatedSeller, simulatedSellerId, testDatabase } from '@kontora/testing'
import { putLegalEntity } from '../../../services/payment/src/legal-entities/put-legal-entity.ts'
import { migrations } from '../../../services/payment/src/migrations.node.ts'
import { openSessions } from './sessions.ts'

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
  const tables = await ownerSql<{ name: string; isFilled: boolean }[]>`
    select format('%I.%I', schemaname, tablename) as name,
      (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', schemaname, tablename),
        false, true, '')))[1]::text <> '0' as is_filled
    from pg_tables where schemaname = 'public' order by tablename`
  // What migrations and the seller have filled is no history. The rest lies as it was written: one seed, one order of rows.
  const empty = tables.filter(({ isFilled }) => !isFilled).map(({ name }) => name)
  for (const name of empty) await ownerSql.unsafe(`alter table ${name} set (autovacuum_enabled = false)`)
  const [current] = await ownerSql<{ name: string }[]>`select current_database() as name`
  for (const setting of ['synchronous_commit = off', 'jit = off', 'plan_cache_mode = force_generic_plan'])
    await ownerSql.unsafe(`alter database "${current?.name}" set ${setting}`)
  const peek = connect(url, { max: 1, name: 'peek' })
  const sessions = await openSessions(url)
  return {
    peek,
    sessions,
    clear: async () => {
      const filled = await ownerSql.unsafe<{ name: string; isFilled: boolean }[]>(
        empty
          .map((name) => `select '${name}' as name, exists (select from ${name}) as is_filled`)
          .join(' union all '),
      )
      const names = filled.filter(({ isFilled }) => isFilled).map(({ name }) => name)
      if (names.length > 0) await ownerSql.unsafe(`truncate ${names.join()} restart identity cascade`)
    },
    /** Every row of every table, in one number. */
    digest: async (): Promise<string> => {
      const hash = createHash('sha256')
      for (const name of empty) {
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
