import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testDatabase } from '@kontora/testing'
import { operator } from './actor.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase({ name: 'client', migrations: [] })
})
afterAll(() => database.close())

const run = async (...words: string[]) => {
  const command = Bun.spawn([process.execPath, `${import.meta.dir}/cli.ts`, ...words], {
    env: { PATH: process.env.PATH, DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, fault] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
  ])
  return { code: await command.exited, out, fault }
}

const states = async () => {
  const rows = await database.sql<{ state: string }[]>`
    select state from users join addresses using (user_id) order by email`
  return rows.map(({ state }) => state)
}

test('migrate says what it applied, and nothing the second time', async () => {
  const first = await run('migrate')
  expect(first).toMatchObject({ code: 0, fault: '' })
  for (const source of ['service', 'events', 'access', 'client'])
    expect(first.out).toContain(`applied ${source}/0001_`)
  expect((await run('migrate')).out).toBe('nothing to apply\n')
})

test('the first administrator is made once; the same again is well, another is refused', async () => {
  const first = await run('first-administrator', 'Boss@Kontora.test')
  expect(first).toMatchObject({ code: 0, fault: '' })
  const again = await run('first-administrator', 'boss@kontora.test')
  expect(again.code).toBe(0)
  expect(again.out).toStartWith('There is one already')
  expect((await run('first-administrator', 'other@kontora.test')).code).toBe(1)
  expect(await states()).toEqual(['active'])
  const [entry] = await database.sql`select who from audit where action = 'grant:create'`
  expect(entry!.who).toBe(operator.id)
})

test('the operator blocks and unblocks by address, but never the last administrator', async () => {
  const userId = crypto.randomUUID()
  const user = { userId, locale: 'ru', kind: 'person', state: 'active', version: 1, grantsVersion: 0 }
  const at = new Date()
  await database.sql.begin(async (tx) => {
    await tx`insert into users ${tx({ ...user, createdAt: at })}`
    await tx`insert into addresses ${tx({ email: 'clerk@kontora.test', userId, addedAt: at })}`
  })
  expect((await run('user', 'block', 'Clerk@kontora.test')).out).toBe(`${userId} is blocked\n`)
  expect(await states()).toEqual(['active', 'blocked'])
  expect((await run('user', 'unblock', 'clerk@kontora.test')).out).toBe(`${userId} is active\n`)
  const last = await run('user', 'block', 'boss@kontora.test')
  expect(last).toMatchObject({ code: 1, fault: 'The last administrator stays\n' })
  expect(await states()).toEqual(['active', 'active'])
})

test('wrong usage is told by exit code 2, a wrong address too, without echoing it', async () => {
  for (const words of [[], ['fly'], ['user', 'erase', 'a@b.ru'], ['migrate', 'now'], ['first-administrator']])
    expect((await run(...words)).code).toBe(2)
  expect((await run('--help')).code).toBe(0)
  const wrong = await run('user', 'block', 'no-address')
  expect(wrong.code).toBe(2)
  expect(wrong.out + wrong.fault).not.toContain('no-address')
  expect((await run('user', 'block', 'nobody@kontora.test')).code).toBe(1)
})
