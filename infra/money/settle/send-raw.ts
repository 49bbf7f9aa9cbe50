import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool, Sql } from '@kontora/postgres'

/** As many connections as the service has. */
const connections = 10
const script = readFileSync(join(import.meta.dir, 'settle.sql'), 'utf8')

export const rawTool = (): string => (Bun.which('pgbench') ? 'pgbench' : 'postgres.js')

/** Milliseconds from the first statement to the last. Each connection has its own numbers, one after the other. */
export const sendRaw = (url: string, sql: Pool, first: number, count: number): Promise<number> =>
  rawTool() === 'pgbench' ? byPgbench(url, first, count) : byDriver(sql, first, count)

const byPgbench = async (url: string, first: number, count: number): Promise<number> => {
  const each = Math.floor(count / connections)
  const folder = mkdtempSync(join(tmpdir(), 'kontora-settle-'))
  const file = join(folder, 'settle.sql')
  writeFileSync(file, `\\set i :i + 1\n\\set n ${first} + :client_id * ${each} + :i - 1\n${script}`)
  const options = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '2', '-t', String(each)]
  const child = Bun.spawn(['pgbench', ...options, '-D', 'i=0', '-f', file, url], {
    env: { PATH: process.env.PATH ?? '' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, fault] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  rmSync(folder, { recursive: true, force: true })
  const perSecond = Number(/tps = ([\d.]+)/.exec(out)?.[1])
  if ((await child.exited) !== 0 || !(perSecond > 0))
    throw new Error(`pgbench failed: ${fault.slice(0, 500)}`)
  return (each * connections * 1000) / perSecond
}

const statements = script
  .replaceAll(/^--.*$/gm, '')
  .split(';\n')
  .map((text) => text.trim())
  .filter((text) => text !== '')

const runScript = async (sql: Sql, number: number): Promise<void> => {
  for (const text of statements) {
    const parameters = text.includes(':n') ? [String(number)] : []
    await sql.unsafe(text.replaceAll(/(?<!:):n\b/g, '$1'), parameters, { prepare: true })
  }
}

const byDriver = async (sql: Pool, first: number, count: number): Promise<number> => {
  const each = Math.floor(count / connections)
  await sql`select 1`
  const held = await Promise.all(Array.from({ length: connections }, () => sql.reserve()))
  const begun = performance.now()
  await Promise.all(
    held.map(async (own, lane) => {
      for (let i = 0; i < each; i++) await runScript(own, first + lane * each + i)
    }),
  )
  const ms = performance.now() - begun
  for (const own of held) own.release()
  return ms
}
