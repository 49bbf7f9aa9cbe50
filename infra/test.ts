import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres } from '@kontora/embedded-postgres'
import { startBroker } from '@kontora/kafka-broker'
import { readArguments, refuse } from './stack/arguments.ts'

const root = join(import.meta.dir, '..')
const suites = ['s3', 'runtimes', 'browser', 'kafka']

const help = `test [part of a path …]: the tests whose path holds one of the parts, or all. The last line is \`N passed, N failed\`.

  test            what needs only the embedded Postgres and the simulators
  test:s3         against a real S3 server, which is built with Go (once)
  test:kafka      against a real Kafka, whose jars Maven fetches (once); needs Java 17
  test:runtimes   the services under workerd and Deno, which come by themselves
  test:browser    the pages in headless Chromium; on Debian, as root, it is installed (once). SHOTS=folder keeps a picture of each
  test services/payment   an example`

const findTests = (suite: string | undefined, filters: string[]): string[] =>
  [...new Bun.Glob('{services,packages,infra}/**/*.test.{ts,tsx}').scanSync({ cwd: root })]
    .filter((path) => !path.includes('node_modules/'))
    .filter((path) => suites.find((name) => path.includes(`.${name}.test.`)) === suite)
    .filter(
      (path) => filters.length === 0 || filters.some((part) => path.includes(part.replace(/^\.\//, ''))),
    )
    .sort()

const data = join(root, '.data')

/** A fresh one each time; what runs that were killed left behind goes first. */
const startCluster = () => {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(data)) {
    const pid = /^test-(\d+)$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) rmSync(join(data, name), { recursive: true, force: true })
  }
  return startPostgres({ dir: join(data, `test-${process.pid}`), durable: false })
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** One Kafka for the whole run, which only its suite needs. */
const startKafka = async (suite: string | undefined): Promise<Record<string, string>> =>
  suite === 'kafka' ? { KONTORA_TEST_KAFKA: (await startBroker()).brokers } : {}

const spawnTests = (files: string[], servers: Record<string, string>) =>
  Bun.spawn(
    // Should we be killed, the tests and all that they started end too.
    [
      process.execPath,
      '--no-orphans',
      'test',
      '--parallel=2',
      '--timeout=30000',
      ...files.map((path) => `./${path}`),
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        ...servers,
        ...(process.stdout.isTTY && { FORCE_COLOR: '1' }),
      },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )

/** Passes a stream on as it comes, and answers with its end, where the sum stands. */
const show = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder()
  let end = ''
  for await (const chunk of stream) {
    await Bun.write(Bun.stdout, chunk)
    end = (end + decoder.decode(chunk, { stream: true })).slice(-4_000)
  }
  return Bun.stripANSI(end)
}

const lastCount = (text: string, word: 'pass' | 'fail'): number | undefined => {
  const count = [...text.matchAll(new RegExp(`^\\s*(\\d+) ${word}$`, 'gm'))].at(-1)?.[1]
  return count === undefined ? undefined : Number(count)
}

const runTests = async (files: string[], servers: Record<string, string>, stopped: AbortSignal) => {
  const tests = spawnTests(files, servers)
  stopped.addEventListener('abort', () => tests.kill('SIGTERM'), { once: true })
  const [, report, exitCode] = await Promise.all([show(tests.stdout), show(tests.stderr), tests.exited])
  const passed = lastCount(report, 'pass') ?? 0
  // A file that cannot be read, or that ends the process, fails without a test of its own.
  const failed = lastCount(report, 'fail') ?? 0
  return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1) }
}

/** Ctrl-C and SIGTERM; and npm, which dies of SIGTERM and leaves its child. */
const whenStopped = (): AbortSignal => {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && stop.abort(), 500).unref()
  return stop.signal
}

const run = async (): Promise<boolean> => {
  const { words } = readArguments({ help, words: 100 })
  const suite = words[0] !== undefined && suites.includes(words[0]) ? words[0] : undefined
  const filters = suite ? words.slice(1) : words
  const files = findTests(suite, filters)
  if (files.length === 0) refuse(`no test file has a path with ${filters.join(' or ') || suite} in it`)
  const stopped = whenStopped()
  const postgres = await startCluster()
  try {
    const servers = { KONTORA_TEST_CLUSTER: postgres.url, ...(await startKafka(suite)) }
    const none = files.length === 0 || stopped.aborted
    const { passed, failed } = none ? { passed: 0, failed: 0 } : await runTests(files, servers, stopped)
    if (none) console.log('No test ran.')
    await postgres.stop()
    console.log(`\n${passed} passed, ${failed} failed`)
    return passed > 0 && failed === 0 && !stopped.aborted
  } finally {
    await postgres.stop()
    rmSync(join(data, `test-${process.pid}`), { recursive: true, force: true })
  }
}

process.exit((await run()) ? 0 : 1)
