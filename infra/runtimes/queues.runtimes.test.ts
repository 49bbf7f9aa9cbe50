import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jobsMigrations } from '@kontora/jobs/migrations'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import { findDeno } from './find-deno.ts'
import { queues } from './queue-turn.ts'
import { startWorkerd } from './start-service.ts'

const top = join(import.meta.dir, '../..')
const [script, worker] = ['infra/runtimes/queue-script.ts', 'infra/runtimes/queue-worker.ts']
const folder = mkdtempSync(join(tmpdir(), 'kontora-queues-'))

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ name: 'queues', migrations: jobsMigrations(queues) })
  await database.ownerSql`create table notes (text text not null)`
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await database.sql`delete from notes`
  // As if a minute had come while nobody was there.
  await database.sql`
    insert into schedules (name, cron, next_at) values ('daily', '* * * * *', '2026-01-01')
    on conflict (name) do update set next_at = excluded.next_at`
})

const turnOf = async (command: string[]): Promise<void> => {
  const child = Bun.spawn([...command, database.url], { cwd: top, stdout: 'pipe', stderr: 'inherit' })
  const said = await new Response(child.stdout).text()
  // Nothing else was said: no job has failed.
  expect([await child.exited, said]).toEqual([0, expect.stringMatching(/^\{"queues":/)])
}

const expectDone = async (): Promise<void> => {
  const notes = await database.sql<{ text: string }[]>`select text from notes order by text`
  expect(notes.map(({ text }) => text)).toEqual(['by its own commit', 'daily'])
  const left = await database.sql`select id from jobs.job where state <> 'completed'`
  expect(left).toHaveLength(0)
}

test('Bun: a queued and a scheduled job are done', async () => {
  await turnOf([process.execPath, '--no-env-file', script])
  await expectDone()
})

test('Deno: a queued and a scheduled job are done', async () => {
  const flags = ['--no-config', '--no-lock', '--no-prompt', '--no-remote', '--node-modules-dir=manual']
  const rights = ['--allow-net=127.0.0.1', '--allow-env', `--allow-read=${top}`, '--allow-sys']
  await turnOf([findDeno(), 'run', ...flags, ...rights, script])
  await expectDone()
})

test('workerd: a queued and a scheduled job are done, at each asking anew', async () => {
  const settings = { DATABASE_URL: database.url }
  const running = await startWorkerd({ service: 'queues', settings, folder, entry: worker })
  try {
    expect((await fetch(`${running.url}/turn`)).status).toBe(200)
    await expectDone()
    expect((await fetch(`${running.url}/turn`)).status).toBe(200)
    expect(running.log()).not.toContain('job-failed')
  } finally {
    await running.kill()
  }
})
