import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import {
  afterCommit,
  connect,
  isConnectionLost,
  isLockTimeout,
  isUniqueViolation,
  isUnstorable,
  poolOf,
  type Transaction,
  transaction,
} from './index.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase({ name: 'packages-postgres', migrations: [] })
  await database.ownerSql`create table things (id integer primary key, big bigint, about jsonb, made_at timestamptz)`
})
afterAll(() => database.close())

const put = (tx: Transaction, id: number) => tx`insert into things (id) values (${id})`
const ids = async () =>
  (await database.sql<{ id: number }[]>`select id from things order by id`).map(({ id }) => id)
const faultOf = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )
const later = (work: () => PromiseLike<unknown> | undefined) => Promise.resolve().then(work)

test('callbacks run once, after the outermost commit, and see what was committed', async () => {
  const seen: string[] = []
  const callback = () => void seen.push('after')
  await transaction(database.sql, async (tx) => {
    afterCommit(tx, callback)
    await transaction(tx, async (inner) => {
      afterCommit(inner, callback)
      await transaction(inner, async (innermost) => afterCommit(innermost, () => void seen.push('inner')))
    })
    seen.push('before')
  })
  expect(seen).toEqual(['before', 'after', 'inner'])
})

test('nothing is called back when the outermost transaction is undone, nor for a savepoint that was', async () => {
  const seen: string[] = []
  const undone = transaction(database.sql, async (tx) => {
    afterCommit(tx, () => void seen.push('outer'))
    throw new Error('undone')
  })
  expect(await faultOf(undone)).toMatchObject({ message: 'undone' })
  await transaction(database.sql, async (tx) => {
    await faultOf(
      transaction(tx, async (inner) => {
        afterCommit(inner, () => void seen.push('lost'))
        await transaction(inner, async (innermost) =>
          afterCommit(innermost, () => void seen.push('lost too')),
        )
        throw new Error('undone')
      }),
    )
    afterCommit(tx, () => void seen.push('kept'))
  })
  expect(seen).toEqual(['kept'])
})

test('a failed savepoint undoes only its own part, even one that broke a constraint', async () => {
  await transaction(database.sql, async (tx) => {
    await put(tx, 1)
    const error = await faultOf(transaction(tx, async (inner) => [await put(inner, 2), await put(inner, 1)]))
    expect(isUniqueViolation(error)).toBe(true)
    expect(isUniqueViolation(error, 'things_pkey')).toBe(true)
    expect(isUniqueViolation(error, 'another')).toBe(false)
    await put(tx, 3)
  })
  expect(await ids()).toEqual([1, 3])
})

test('a callback that fails keeps no other from running and is told', async () => {
  const seen: string[] = []
  const fault = await faultOf(
    transaction(database.sql, async (tx) => {
      await put(tx, 4)
      afterCommit(tx, () => {
        throw new Error('no such job')
      })
      afterCommit(tx, () => void seen.push('second'))
    }),
  )
  expect(fault).toMatchObject({ message: 'no such job' })
  expect(seen).toEqual(['second'])
  expect(await ids()).toContain(4)
})

test('the pool of a transaction is found at every depth', async () => {
  expect(poolOf(database.sql)).toBe(database.sql)
  await transaction(database.sql, (tx) =>
    transaction(tx, async (inner) => {
      expect(poolOf(tx)).toBe(database.sql)
      expect(poolOf(inner)).toBe(database.sql)
    }),
  )
})

test('columns meet camel case, keys inside jsonb stay, a bigint is a number or a fault, never rounded', async () => {
  const { sql } = database
  await sql`insert into things ${sql({ id: 10, big: Number.MAX_SAFE_INTEGER, about: sql.json({ snake_key: [1] }), madeAt: new Date(0) })}`
  const [row] = await sql`select big, about, made_at from things where id = 10`
  expect(row).toEqual({ big: Number.MAX_SAFE_INTEGER, about: { snake_key: [1] }, madeAt: new Date(0) })
  expect(await faultOf(sql`select 9007199254740992::bigint as big`)).toBeInstanceOf(RangeError)
})

test('what Postgres cannot store, a lock that stayed and a server that went are told apart', async () => {
  const { sql } = database
  expect(isUnstorable(await faultOf(sql`select ${'a\u0000b'}::text`))).toBe(true)
  await transaction(sql, async (tx) => {
    await tx`select id from things where id = 1 for update`
    const other = await faultOf(sql`select id from things where id = 1 for update nowait`)
    expect(isLockTimeout(other)).toBe(true)
    expect(isConnectionLost(other)).toBe(false)
  })
})

test('a connection that is cut inside a transaction is told as lost, and the pool goes on', async () => {
  const { sql } = database
  const cut = await faultOf(
    transaction(sql, async (tx) => {
      const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
      await sql`select pg_terminate_backend(${own?.pid ?? 0})`
      await put(tx, 20)
    }),
  )
  expect(isConnectionLost(cut)).toBe(true)
  expect(await ids()).not.toContain(20)
  const nobody = connect('postgres://a:b@127.0.0.1:1/none', { max: 1 })
  expect(isConnectionLost(await faultOf(nobody`select 1`))).toBe(true)
  await nobody.end({ timeout: 1 })
})

test('a verb that goes on after its connection was cut, or after its end, writes nothing', async () => {
  const sql = connect(database.url, { max: 1 })
  const late = Promise.withResolvers<unknown>()
  let kept: Transaction | undefined
  const cut = await faultOf(
    transaction(sql, async (tx) => {
      kept = tx
      const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
      await database.sql`select pg_terminate_backend(${own?.pid ?? 0})`
      await Bun.sleep(100)
      await sql`select 1`
      late.resolve(faultOf(later(() => put(tx, 30))))
      await late.promise
    }),
  )
  expect(isConnectionLost(cut)).toBe(true)
  expect(isConnectionLost(await late.promise)).toBe(true)
  await transaction(sql, async (tx) => {
    kept = tx
  })
  const after = kept
  expect(
    await faultOf(after ? Promise.resolve().then(() => put(after, 31)) : Promise.resolve()),
  ).toBeDefined()
  expect((await ids()).filter((id) => id >= 30)).toEqual([])
  await sql.end({ timeout: 1 })
})
