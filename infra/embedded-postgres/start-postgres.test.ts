import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQL } from 'bun'
import { namedUid } from './choose-runner.ts'
import { freePort, startPostgres } from './index.ts'

const place = mkdtempSync(join(tmpdir(), 'kontora-postgres-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))
const dir = join(place, 'kept')

const ask = async <Row>(url: string, question: string): Promise<Row[]> => {
  const sql = new SQL(url, { max: 1 })
  try {
    return (await sql.unsafe(question)) as Row[]
  } finally {
    await sql.close()
  }
}

test('what was written is there after a stop and a start, and the log is of the last start', async () => {
  const first = await startPostgres({ dir, durable: true })
  await ask(first.url, `create table kept (word text); insert into kept values ('слово')`)
  await first.stop()
  expect(await first.exited).toBe(0)

  const second = await startPostgres({ dir, durable: true })
  expect(await ask<{ word: string }>(second.url, 'select upper(word) as word from kept')).toEqual([
    { word: 'СЛОВО' },
  ])
  await second.stop()
  expect(readFileSync(join(dir, 'postgres.log'), 'utf8').match(/starting PostgreSQL/g)?.length).toBe(1)
})

test('a postmaster that was killed with -9 starts again with all that was committed', async () => {
  const killed = await startPostgres({ dir, durable: true })
  await ask(killed.url, `insert into kept values ('committed')`)
  process.kill(killed.pid, 'SIGKILL')
  const again = await startPostgres({ dir, durable: true })
  expect(await killed.exited).toBeNull()
  expect(await ask(again.url, `select word from kept where word = 'committed'`)).toHaveLength(1)
  await again.stop()
})

test('durable decides whether a commit waits for the disk', async () => {
  const settings = `select string_agg(setting, ' ' order by name) as found from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit')`
  const durable = await startPostgres({ dir, durable: true })
  expect(await ask(durable.url, settings)).toEqual([{ found: 'on on on' }])
  await durable.stop()
  const careless = await startPostgres({ dir, durable: false })
  expect(await ask(careless.url, settings)).toEqual([{ found: 'off off off' }])
  await careless.stop()
})

test('the password is random, asked for, and readable by its owner alone', async () => {
  const postgres = await startPostgres({ dir, durable: false })
  expect(new URL(postgres.url).password).toMatch(/^[0-9a-f]{48}$/)
  expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600)
  const wrong = new URL(postgres.url)
  wrong.password = 'wrong'
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed')
  await postgres.stop()
})

test('what a statement held is not in the log when it fails', async () => {
  const postgres = await startPostgres({ dir, durable: false })
  await ask(postgres.url, 'create table if not exists people (address text primary key)')
  await ask(postgres.url, `insert into people values ('anna@example.org')`)
  await expect(ask(postgres.url, `insert into people values ('anna@example.org')`)).rejects.toThrow()
  await expect(ask(postgres.url, `select 'anna@example.org'::int`)).rejects.toThrow()
  await postgres.stop()
  expect(readFileSync(join(dir, 'postgres.log'), 'utf8')).not.toContain('anna')
})

test('a port in use is named, and a start with no wish finds a free one', async () => {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  await expect(startPostgres({ dir, port, durable: false })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use`,
  )
  server.close()
  const postgres = await startPostgres({ dir, durable: false })
  expect(postgres.port).toBeGreaterThan(0)
  await postgres.stop()
})

test('a pid file whose number another program has now does not keep it out', async () => {
  writeFileSync(
    join(dir, 'data', 'postmaster.pid'),
    `${process.pid}\n${dir}/data\n1\n5432\n\n127.0.0.1\n\nready\n`,
  )
  const postgres = await startPostgres({ dir, durable: false })
  await postgres.stop()
})

test('a start that was cut short during initdb is made anew', async () => {
  const cut = join(place, 'cut')
  mkdirSync(join(cut, 'data.making', 'base'), { recursive: true })
  const postgres = await startPostgres({ dir: cut, durable: false })
  await postgres.stop()
})

test('a folder that is no cluster, is of another version, or is broken, is named and left as it was', async () => {
  const other = join(place, 'other')
  mkdirSync(join(other, 'data'), { recursive: true })
  await expect(startPostgres({ dir: other, durable: false })).rejects.toThrow('is not a Postgres cluster')
  writeFileSync(join(other, 'data', 'PG_VERSION'), '15\n')
  await expect(startPostgres({ dir: other, durable: false })).rejects.toThrow('was made by Postgres 15')

  rmSync(join(dir, 'data', 'global', 'pg_control'))
  await expect(startPostgres({ dir, durable: false })).rejects.toThrow('is broken')
})

test('where namespaces are closed it runs all the same, or says that this user has no name', async () => {
  mkdirSync(join(place, 'bin'))
  writeFileSync(join(place, 'bin', 'unshare'), '#!/bin/sh\nexit 1\n')
  chmodSync(join(place, 'bin', 'unshare'), 0o755)
  const path = process.env.PATH
  process.env.PATH = `${join(place, 'bin')}:${path}`
  const started = startPostgres({ dir: join(place, 'closed'), durable: false })
  const nameless = Bun.spawnSync(['id', '-un']).exitCode !== 0
  try {
    if (nameless) await expect(started).rejects.toThrow('needs a user with a name')
    else {
      const postgres = await started
      expect(await ask<{ one: number }>(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
      await postgres.stop()
    }
  } finally {
    process.env.PATH = path
  }
})

test('it stops in order when the process that started it is killed with -9', async () => {
  const orphan = join(place, 'orphan')
  const starter = Bun.spawn(
    [
      process.execPath,
      '-e',
      `await (await import('${import.meta.dir}/index.ts')).startPostgres(
      { dir: '${orphan}', durable: true }); console.log('up'); await new Promise(() => setInterval(() => {}, 1000))`,
    ],
    { stdout: 'pipe', stderr: 'inherit' },
  )
  await starter.stdout.getReader().read()
  starter.kill('SIGKILL')
  await starter.exited
  const postgres = await startPostgres({ dir: orphan, durable: true })
  expect(readFileSync(join(orphan, 'postgres.log'), 'utf8')).not.toContain('not properly shut down')
  await postgres.stop()
})

test('whoever has a name may run it: nobody, or on a machine without him the first who is not root', () => {
  expect(namedUid('root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n')).toBe(
    65534,
  )
  expect(namedUid('root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/sh\n')).toBe(1)
  expect(namedUid('root:x:0:0::/:/bin/sh\n')).toBe(65534)
})
