import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { connect } from '@kontora/postgres'
import { testDatabase } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'kontora-migrations-'))
const migrations = [pathToFileURL(`${folder}/testing/migrations/`)]
mkdirSync(`${folder}/testing/migrations`, { recursive: true })
// Its own text at each run: so the template is made anew, also in a cluster that was there.
const shelf = `shelf_${crypto.randomUUID().slice(0, 8)}`
writeFileSync(
  `${folder}/testing/migrations/0001_books.sql`,
  `create table books (id int primary key, ${shelf} text);
   create table audit (id int primary key); revoke update, delete on audit from test_shelf;`,
)
afterAll(() => rmSync(folder, { recursive: true }))
const name = 'test-shelf'

test('two databases made at once share a template and nothing else', async () => {
  const [one, other] = await Promise.all([
    testDatabase({ name, migrations }),
    testDatabase({ name, migrations }),
  ])
  await one.sql`insert into books (id) values (1)`
  expect((await one.sql`select id from books`).length).toBe(1)
  expect((await other.sql`select id from books`).length).toBe(0)
  await Promise.all([one.close(), other.close()])
})

test('the service reads and writes rows, changes no tables and keeps what its migrations revoke', async () => {
  const { sql, ownerSql, close } = await testDatabase({ name, migrations })
  await sql`insert into audit (id) values (1)`
  await expect(sql`update audit set id = 2`).rejects.toThrow('permission denied')
  await expect(sql`create table mine (id int)`).rejects.toThrow('permission denied')
  await ownerSql`create table more (id int)`
  await sql`insert into more (id) values (1)`
  const [who] = await sql<{ me: string }[]>`select current_user as me`
  expect(who?.me).toBe('test_shelf')
  await close()
})

test('another role cannot enter the database, and closing drops it with its guests', async () => {
  const { url, ownerUrl, close } = await testDatabase({ name, migrations })
  const other = await testDatabase({ name: 'test-stranger', migrations: [] })
  const stranger = new URL(other.url)
  stranger.pathname = new URL(url).pathname
  const strange = connect(stranger.href)
  await expect(strange`select 1`).rejects.toThrow('permission denied')
  const guest = connect(ownerUrl)
  await guest`select 1`
  await close()
  await expect(guest`select 1`).rejects.toThrow()
  const [found] = await other.ownerSql<{ count: number }[]>`
    select count(*)::int as count from pg_database where datname = ${stranger.pathname.slice(1)}`
  expect(found?.count).toBe(0)
  await Promise.all([strange.end(), guest.end(), other.close()])
})
