import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@kontora/embedded-postgres'
import { parseArguments } from './arguments.ts'
import { readPlace, unknownSettings } from './place.ts'
import { freeBlock } from './story/free-block.ts'
import { type RunningStack, runStack } from './story/own-stack.ts'

const top = mkdtempSync(join(tmpdir(), 'kontora-faults-'))
let folders = 0
const newFolder = (): string => {
  const path = join(top, String(folders++))
  mkdirSync(path)
  return path
}
afterAll(() => rmSync(top, { recursive: true, force: true }))

type Env = Record<string, string>

const spawn = (words: string[], env: Env) =>
  Bun.spawn([process.execPath, ...words], {
    cwd: import.meta.dir,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })

const run = async (words: string[], env: Env = {}) => {
  const child = spawn(words, env)
  const [out, error] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, out, error }
}

/** A start that must not come up. */
const start = async (env: Env, data = newFolder()) =>
  run(['start.ts'], { KONTORA_DATA: data, KONTORA_PORT: String(await freeBlock()), ...env })

/** Processes that name the folder: its parts; or were started with it: its services. */
const leftIn = (data: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(data)
      } catch {
        return false
      }
    })

const untilNothingIsLeft = async (data: string, withinMs: number): Promise<string[]> => {
  for (const end = Date.now() + withinMs; leftIn(data).length > 0 && Date.now() < end; ) await Bun.sleep(25)
  return leftIn(data)
}

test('a command that is called wrongly says so in one line and ends with 2', async () => {
  const calls = [
    ['start.ts', '--prot', '5'],
    ['story.ts', 'twice'],
    ['bench.ts', 'nothing'],
    ['prove.ts', '--seed'],
    ['prove.ts', '--size', 'x'],
    ['migrate.ts', 'nothing'],
    ['admin.ts', 'nothing'],
    ['../test.ts', 'no-such-test-anywhere'],
  ]
  const answers = await Promise.all(calls.map((words) => run(words)))
  for (const [i, { code, out, error }] of answers.entries()) {
    expect(code, calls[i]?.join(' ')).toBe(2)
    expect(out).toBe('')
    expect(error.trim().split('\n'), error).toHaveLength(1)
  }
})

test('every command answers --help, also where there is no stack', async () => {
  const calls = ['start', 'story', 'bench', 'prove', 'migrate', 'admin', 'admin auth', '../test']
  const answers = await Promise.all(
    calls.map((call) => {
      const [script, ...words] = call.split(' ')
      return run([`${script}.ts`, ...words, '--help'], { KONTORA_DATA: join(top, 'none') })
    }),
  )
  for (const [i, { code, out }] of answers.entries()) {
    expect(code, calls[i]).toBe(0)
    expect(out).toContain(calls[i]?.split(/[ /]/).at(-1) ?? '')
  }
})

test('words, flags and options of a call', () => {
  const expected = { help: '', words: 1, flags: ['--json'], options: ['--seed'] }
  expect(parseArguments(expected, ['a', '--json', '--seed', '5'])).toEqual({
    words: ['a'],
    flags: new Set(['--json']),
    options: new Map([['--seed', '5']]),
  })
  expect(parseArguments(expected, ['a', 'b'])).toBe('too many arguments: b')
  expect(parseArguments(expected, ['--jsn'])).toBe('no such option: --jsn')
})

test('an empty setting is none, a slip of the pen gets the nearest name', () => {
  expect(readPlace({ KONTORA_DATA: '', KONTORA_PORT: '' })).toEqual(readPlace({}))
  for (const KONTORA_PORT of ['x', '0', '70000', '-1', '4000 '])
    expect(() => readPlace({ KONTORA_PORT })).toThrow('KONTORA_PORT should be a port number')
  expect(unknownSettings({ KONTORA_PRT: '1', KONTORA_PORT: '1' })).toEqual([
    'KONTORA_PRT is not a setting; did you mean KONTORA_PORT?',
  ])
})

test('what another program holds, or an address at which nobody is, ends the start with its name', async () => {
  const port = await freeBlock()
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(port + 3, '127.0.0.1', resolve))
  const file = join(newFolder(), 'file')
  writeFileSync(file, '')
  const s3 = { S3_ENDPOINT: 'http://127.0.0.1:1', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'hidden' }
  const faults: [Env, string, string?][] = [
    [{ KONTORA_PORT: String(port) }, `port ${port + 3} of 127.0.0.1`],
    [{}, 'it is a file', file],
    [{ DATABASE_URL: 'nothing' }, 'DATABASE_URL should be an address'],
    [{ DATABASE_URL: 'postgres://a:hidden@127.0.0.1:1/a' }, 'the Postgres of DATABASE_URL'],
    [s3, 'Nothing answers at S3_ENDPOINT'],
    [{ S3_ENDPOINT: 'http://127.0.0.1:1' }, 'S3_ENDPOINT needs S3_ACCESS_KEY, S3_SECRET_KEY'],
  ]
  for (const [env, why, data] of faults) {
    const { code, out, error } = await start(env, data ?? newFolder())
    expect(error).toContain(why)
    expect(code).toBe(1)
    expect(out + error).not.toContain('hidden')
  }
  other.close()
}, 15_000)

test('secrets that are broken, or gone from beside their data, are not invented anew', async () => {
  const [broken, gone] = [newFolder(), newFolder()]
  writeFileSync(join(broken, 'secrets.json'), '{ "words": ')
  mkdirSync(join(gone, 'postgres', 'data'), { recursive: true })
  expect((await start({}, broken)).error).toContain('secrets.json is broken')
  expect((await start({}, gone)).error).toContain('secrets.json is gone')
  expect(readdirSync(gone)).toEqual(['postgres'])
})

test('of many that start in the same instant, over the lock of a dead one, one has the folder', async () => {
  const data = newFolder()
  writeFileSync(join(data, 'lock.json'), '{"pid":1,"boot":"an earlier one","url":"","startedAt":""}')
  const script = `
    import { takeLock } from './lock.ts'
    const at = ${Date.now() + 700}
    while (Date.now() < at) {}
    try { takeLock({ data: ${JSON.stringify(data)}, port: 1, url: '' }); console.log('mine') } catch (error) { console.log(error.message) }
    await Bun.sleep(1500)`
  const answers = await Promise.all(Array.from({ length: 6 }, () => run(['-e', script])))
  const said = answers.map(({ out }) => out.trim())
  expect(said.filter((line) => line === 'mine')).toHaveLength(1)
  expect(said.filter((line) => line.startsWith('Kontora already runs'))).toHaveLength(5)
})

test('a part that is left down ends the start, says why, and nothing stays', async () => {
  const data = newFolder()
  mkdirSync(join(data, 'simulators'))
  writeFileSync(join(data, 'simulators', 'vtb.sqlite'), 'no database')
  const { code, out, error } = await start({}, data)
  expect(code).toBe(1)
  expect(out).toContain('vtb is left down')
  expect(error).toContain('vtb did not come up: died 5 times in a minute')
  expect(await untilNothingIsLeft(data, 3000)).toEqual([])
}, 15_000)

test('a first start that is cut off at any moment leaves nothing, and the next one is clean', async () => {
  const data = newFolder()
  const port = await freeBlock()
  const env = { KONTORA_DATA: data, KONTORA_PORT: String(port) }
  const cuts = [
    [300, 'SIGKILL'],
    [500, 'SIGINT'],
    [700, 'SIGKILL'],
    [1500, 'SIGINT'],
  ] as const
  for (const [ms, signal] of cuts) {
    const child = spawn(['start.ts'], env)
    const [said] = await Promise.all([
      new Response(child.stderr).text(),
      Bun.sleep(ms).then(() => child.kill(signal)),
    ])
    await child.exited
    expect(await untilNothingIsLeft(data, 3000), `${signal} after ${ms} ms`).toEqual([])
    expect(said).toBe('')
  }
  const stack = await runStack(port, data)
  expect(stack.said()).not.toContain('died')
  await stack.stop()
}, 30_000)

test("the operators' commands find the Postgres that the stack was given, whatever the shell says", async () => {
  const own = await startPostgres({ dir: newFolder(), durable: false })
  const data = newFolder()
  process.env.DATABASE_URL = own.url
  const stack: RunningStack = await runStack(await freeBlock(), data).finally(() => {
    process.env.DATABASE_URL = ''
  })
  for (const shell of [{}, { DATABASE_URL: own.url }] as Env[]) {
    const env = { ...shell, KONTORA_DATA: data }
    const first = await run(['admin.ts', 'client', 'first-administrator', 'x@y.ru'], env)
    expect(first).toMatchObject({ code: 1, error: 'There is an administrator already\n' })
    expect((await run(['admin.ts', 'auth', 'keys', 'list'], env)).out).toContain('current')
    expect((await run(['migrate.ts'], env)).out).toContain('payment: nothing to apply')
    expect((await run(['admin.ts', 'events', 'topics', '--json'], env)).out).toContain('"topic":"auth.dlq"')
    expect((await run(['admin.ts', 'events', 'parked'], env)).out).toContain('payment:\nnothing is parked')
    expect(await run(['admin.ts', 'events', 'reset', 'g', 'nowhere', 'latest'], env)).toMatchObject({
      code: 2,
    })
  }
  expect(readdirSync(data)).not.toContain('postgres')
  await stack.stop()
  await own.stop()
}, 30_000)

test("without a running stack the operators' commands say so", async () => {
  const data = newFolder()
  writeFileSync(join(data, 'secrets.json'), '{"words":{},"machineKeys":{}}')
  for (const call of [['admin.ts', 'auth', 'keys', 'list'], ['migrate.ts']]) {
    const { code, error } = await run(call, { KONTORA_DATA: data })
    expect(error).toContain('does not run: start it first')
    expect(code).toBe(1)
  }
})
