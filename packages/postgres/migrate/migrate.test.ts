import { afterAll, afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { connect, type Sql } from '../connect.ts'
import { migrate, pendingMigrations } from './index.node.ts'

const root = mkdtempSync(join(tmpdir(), 'migrations-'))
let database: TestDatabase
let count = 0

beforeEach(async () => {
  database = await testDatabase({ name: 'packages-postgres', migrations: [] })
})
afterEach(() => database.close())
afterAll(() => rmSync(root, { recursive: true }))

/** A folder `<source>/migrations` with these files. */
const folderOf = (files: Record<string, string>): URL => {
  const folder = join(root, `source${++count}`, 'migrations')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return pathToFileURL(`${folder}/`)
}
const add = (folder: URL, name: string, text: string) => writeFileSync(new URL(name, folder), text)
const namesOf = (files: { name: string }[]) => files.map(({ name }) => name)

test('a step is done once, after what stands before it, and again where it broke off', async () => {
  const folder = folderOf({ '0001_orders.sql': 'create table orders (id integer);' })
  let breaks = true
  const step = {
    source: 'library',
    name: 'tables 1',
    apply: async (sql: Sql) => {
      await sql`insert into orders values (1)`
      if (breaks) throw new Error('broken off')
    },
  }
  await expect(migrate(database.ownerSql, [folder, step])).rejects.toThrow('broken off')
  breaks = false
  expect(namesOf(await pendingMigrations(database.sql, [folder, step]))).toEqual(['tables 1'])
  expect(namesOf(await migrate(database.ownerSql, [folder, step]))).toEqual(['tables 1'])
  expect(await migrate(database.ownerSql, [folder, step])).toEqual([])
  expect(namesOf(await pendingMigrations(database.sql, [folder, { ...step, name: 'tables 2' }]))).toEqual([
    'tables 2',
  ])
  expect(await database.sql`select id from orders`).toHaveLength(2)
})

test('applies each file once, in order, and knows what is pending before and after', async () => {
  const folder = folderOf({
    '0001_orders.sql': 'create table orders (id integer);',
    '0002_lines.sql': 'alter table orders add column lines integer; insert into orders values (1, 2);',
  })
  expect(namesOf(await pendingMigrations(database.sql, [folder]))).toEqual([
    '0001_orders.sql',
    '0002_lines.sql',
  ])
  expect(namesOf(await migrate(database.ownerSql, [folder]))).toEqual(['0001_orders.sql', '0002_lines.sql'])
  expect(await migrate(database.ownerSql, [folder])).toEqual([])
  expect(await pendingMigrations(database.sql, [folder])).toEqual([])
  expect([...(await database.sql`select id, lines from orders`)]).toEqual([{ id: 1, lines: 2 }])
})

test('refuses a gap, a double number and a file that was changed after it had been applied', async () => {
  await expect(migrate(database.ownerSql, [folderOf({ '0002_a.sql': '' })])).rejects.toThrow(
    'no gap, no double',
  )
  const double = folderOf({ '0001_a.sql': 'select 1;', '0001_b.sql': 'select 1;' })
  await expect(migrate(database.ownerSql, [double])).rejects.toThrow('0001_b.sql')

  const folder = folderOf({ '0001_a.sql': 'select 1;' })
  await migrate(database.ownerSql, [folder])
  add(folder, '0001_a.sql', 'select 2;')
  await expect(migrate(database.ownerSql, [folder])).rejects.toThrow('0001_a.sql was changed')
  await expect(pendingMigrations(database.sql, [folder])).rejects.toThrow('0001_a.sql was changed')
})

test('a file that fails in its middle leaves nothing, and the files before it stay', async () => {
  const folder = folderOf({
    '0001_good.sql': 'create table good (id integer);',
    '0002_bad.sql': 'create table bad (id integer); select nothing from nowhere;',
  })
  await expect(migrate(database.ownerSql, [folder])).rejects.toThrow('nowhere')
  expect(namesOf(await pendingMigrations(database.sql, [folder]))).toEqual(['0002_bad.sql'])
  add(folder, '0002_bad.sql', 'create table bad (id integer);')
  expect(namesOf(await migrate(database.ownerSql, [folder]))).toEqual(['0002_bad.sql'])
})

test('two migrators at once apply everything once, also an index that is built outside a transaction', async () => {
  const folder = folderOf({
    '0001_big.sql':
      'create table big as select g as id from generate_series(1, 50000) g; select pg_sleep(0.2);',
    '0002_index.sql': '-- no transaction\ncreate index concurrently if not exists big_id on big (id);',
    '0003_more.sql': 'alter table big add column more integer;',
  })
  const others = Array.from({ length: 3 }, () => connect(database.ownerUrl, { max: 1 }))
  const applied = await Promise.all(others.map((sql) => migrate(sql, [folder])))
  await Promise.all(others.map((sql) => sql.end({ timeout: 1 })))
  expect(namesOf(applied.flat()).sort()).toEqual(['0001_big.sql', '0002_index.sql', '0003_more.sql'])
  const [index] = await database.sql`select indisvalid from pg_index where indexrelid = 'big_id'::regclass`
  expect(index).toEqual({ indisvalid: true })
})

test('an index that could not be built is named and the file is not taken for applied', async () => {
  const folder = folderOf({
    '0001_twice.sql': 'create table twice as select 1 as id from generate_series(1, 2);',
    '0002_unique.sql':
      '-- no transaction\ncreate unique index concurrently if not exists twice_id on twice (id);',
  })
  await expect(migrate(database.ownerSql, [folder])).rejects.toThrow('could not create unique index')
  await expect(migrate(database.ownerSql, [folder])).rejects.toThrow('the index twice_id is invalid')
  await database.ownerSql`delete from twice where ctid = (select min(ctid) from twice)`
  await database.ownerSql`drop index twice_id`
  expect(namesOf(await migrate(database.ownerSql, [folder]))).toEqual(['0002_unique.sql'])
})

test('gives up a lock that it waits for, so that readers go on, and tries again until it is free', async () => {
  const folder = folderOf({ '0001_busy.sql': 'create table busy (id integer);' })
  await migrate(database.ownerSql, [folder])
  add(folder, '0002_alter.sql', 'alter table busy add column more integer;')
  const held = await database.sql.begin(async (tx) => {
    await tx`select id from busy`
    const migrating = migrate(database.ownerSql, [folder])
    await Bun.sleep(2300)
    return { migrating, readers: await database.sql`select count(*)::integer as count from busy` }
  })
  expect(held.readers[0]).toEqual({ count: 0 })
  expect(namesOf(await held.migrating)).toEqual(['0002_alter.sql'])
}, 20_000)

test('a role that only runs can write rows and make nothing', async () => {
  await migrate(database.ownerSql, [folderOf({ '0001_rows.sql': 'create table rows_here (id integer);' })])
  await database.sql`insert into rows_here values (1)`
  await expect(database.sql`create table own (id integer)`.execute()).rejects.toThrow('permission denied')
  await expect(database.sql`alter table rows_here add column more integer`.execute()).rejects.toThrow('owner')
})
