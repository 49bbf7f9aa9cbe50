import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { connect, type Pool, type Transaction, together, transaction } from './index.ts'

let database: TestDatabase
let proxy: Server
let sql: Pool
/** How often something was sent to Postgres, and what becomes of it there. */
let sent = 0
let cut: ((sent: Buffer) => boolean) | undefined

const pass = (client: Socket, url: URL) => {
  const server = connectTo(Number(url.port), url.hostname)
  client.setNoDelay(true)
  client.on('data', (bytes: Buffer) => {
    sent++
    if (cut?.(bytes)) client.destroy()
    else server.write(bytes)
  })
  server.on('data', (bytes) => client.write(bytes))
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.on('error', () => {})
    one.on('close', () => other.destroy())
  }
}

beforeAll(async () => {
  database = await testDatabase({ name: 'round-trips', migrations: [] })
  await database.ownerSql`create table things (id integer primary key)`
  const url = new URL(database.url)
  proxy = createServer((client) => pass(client, new URL(database.url))).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  const address = proxy.address()
  url.port = String(typeof address === 'object' && address?.port)
  sql = connect(url.href, { max: 1 })
})
afterAll(async () => {
  await sql.end({ timeout: 1 })
  proxy.close()
  await database.close()
})

const put = (...ids: number[]) =>
  transaction(sql, (tx) => Promise.all(ids.map((id) => tx`insert into things (id) values (${id})`)))
const ids = async () =>
  (await database.sql<{ id: number }[]>`select id from things order by id`).map(({ id }) => id)

// Unpatched, postgres.js waits for the answer to BEGIN first (infra/patches).
test('a transaction whose statements are sent together is two round trips: those with BEGIN, and COMMIT', async () => {
  await put(1)
  const before = sent
  await put(2, 3, 4)
  expect(sent - before).toBe(2)
  expect(await ids()).toEqual([1, 2, 3, 4])
})

test('one whose connection is lost at BEGIN fails and writes nothing, and the next one does', async () => {
  cut = (bytes) => bytes.includes('begin')
  await expect(put(5)).rejects.toThrow()
  cut = undefined
  await put(6)
  expect(await ids()).toEqual([1, 2, 3, 4, 6])
})

test('one that Postgres refuses within is undone from its first statement on', async () => {
  await expect(put(7, 1, 8)).rejects.toThrow('duplicate key')
  expect(await ids()).toEqual([1, 2, 3, 4, 6])
  await put(9)
  expect(await ids()).toEqual([1, 2, 3, 4, 6, 9])
})

test('verbs that need no answer of each other go together, and their answers come in their order', async () => {
  const add = async (tx: Transaction, id: number): Promise<number> => {
    await tx`insert into things (id) values (${id})`
    return id
  }
  const before = sent
  const answers = await transaction(sql, (tx) =>
    together(
      add(tx, 101),
      undefined,
      add(tx, 102),
      tx<{ id: number }[]>`select id from things where id = 102`,
    ),
  )
  expect(sent - before).toBe(2)
  expect([answers[0], answers[1], answers[2], answers[3]?.[0]?.id]).toEqual([101, undefined, 102, 102])
})

test('of several faults the one is thrown that made the others, and only when nothing is on its way any more', async () => {
  const before = await ids()
  const answered: string[] = []
  const verb = async (tx: Transaction, name: string, ...values: number[]): Promise<void> => {
    for (const id of values)
      await tx`insert into things (id) values (${id})`.finally(() => answered.push(name))
  }
  const attempt = transaction(sql, (tx) =>
    together(verb(tx, 'first', 201, 202), verb(tx, 'double', 101), verb(tx, 'third', 203)),
  )
  expect(await attempt.then(undefined, ({ code }: { code: string }) => code)).toBe('23505')
  expect(answered.toSorted()).toEqual(['double', 'first', 'first', 'third'])
  expect(await ids()).toEqual(before)
})
