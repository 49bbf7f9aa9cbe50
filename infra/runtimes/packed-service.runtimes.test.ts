import { afterAll, beforeAll, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type TestDatabase, testDatabase } from '@kontora/testing'
import { packService } from '../images/pack-service.ts'
import { topicsAndCredentials } from '../stack/kafka-topics.ts'
import { services } from '../stack/secrets.ts'
import { type Running, runService } from './run-service.ts'
import { startOutside } from './start-outside.ts'
import { testSettings } from './test-settings.ts'

// What an image holds, run as the image runs it; the image itself needs a docker engine.

const folder = mkdtempSync(join(tmpdir(), 'kontora-packed-'))
const outside = await startOutside()
const password = 'a-password-of-this-test'
const image = { NODE_ENV: 'production', BUN_RUNTIME_TRANSPILER_CACHE_PATH: '0' }
const command = [process.execPath, '--no-env-file']
const appOf = (service: string): string => join(folder, service)
const homeOf = (service: string): string => join(appOf(service), 'services', service)

const filesOf = (place: string): string[] =>
  [...new Bun.Glob('**/*').scanSync({ cwd: place, dot: true, followSymlinks: false })].sort()

const runCli = async (service: string, args: string[], env: Record<string, string>, input = '') => {
  const child = Bun.spawn([...command, 'src/cli.ts', ...args], {
    cwd: homeOf(service),
    env: { ...image, ...env },
    stdin: new TextEncoder().encode(input),
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const error = await new Response(child.stderr).text()
  expect({ code: await child.exited, error }).toEqual({ code: 0, error: '' })
}

const start = async (service: string, settings: Record<string, string>): Promise<Running> => {
  const port = await freePort()
  const env = { ...settings, ...image, PORT: String(port) }
  return runService([...command, 'src/server.ts'], env, homeOf(service), port)
}

const migrated = async (service: string): Promise<TestDatabase> => {
  const database = await testDatabase({ name: service, migrations: [] })
  await runCli(service, ['migrate'], { DATABASE_OWNER_URL: database.ownerUrl })
  return database
}

const readiness = async ({ url }: Running): Promise<unknown> => {
  let answer = await fetch(`${url}/health/ready`)
  for (const until = Date.now() + 5_000; !answer.ok && Date.now() < until; await Bun.sleep(50))
    answer = await fetch(`${url}/health/ready`)
  return answer.status
}

let kafkaDatabase: TestDatabase
let kafka: Running
beforeAll(async () => {
  await packService('kafka-http', appOf('kafka-http'))
  kafkaDatabase = await migrated('kafka-http')
  const settings = { DATABASE_URL: kafkaDatabase.url }
  await runCli('kafka-http', ['apply'], settings, JSON.stringify(topicsAndCredentials(() => password)))
  kafka = await start('kafka-http', settings)
})
afterAll(async () => {
  await kafka.kill()
  await kafkaDatabase.close()
  outside.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.each(['kafka-http', ...services])(
  'the image of %s holds no other service, no tool and no test',
  async (service) => {
    if (service !== 'kafka-http') await packService(service, appOf(service))
    const own = filesOf(appOf(service)).filter((path) => !path.includes('node_modules/'))
    expect(own).toContain(`services/${service}/src/server.ts`)
    expect(
      own.filter((path) => /^(services|infra)\//.test(path) && !path.startsWith(`services/${service}/`)),
    ).toEqual([])
    expect(own.filter((path) => path.endsWith('.test.ts'))).toEqual([])
    const packages = [
      ...new Bun.Glob('*').scanSync({ cwd: join(appOf(service), 'node_modules/.bun'), onlyFiles: false }),
    ]
    expect(
      packages.filter((name) => /^(typescript|@biomejs|squawk|workerd|deno|@embedded|fast-check)/.test(name)),
    ).toEqual([])
  },
)

test('kafka-http becomes ready', async () => {
  expect(await readiness(kafka)).toBe(200)
})

test.each(services)(
  '%s migrates an empty database as its owner, becomes ready, ends in order on SIGTERM and writes nothing beside itself',
  async (service) => {
    const files = filesOf(appOf(service))
    const database = await migrated(service)
    try {
      const place = { folder, databaseUrl: database.url, outsideUrl: outside.url }
      const credential = { KAFKA_HTTP_URL: kafka.url, KAFKA_HTTP_PASSWORD: password }
      const running = await start(service, { ...(await testSettings(service, place)), ...credential })
      expect(await readiness(running)).toBe(200)
      expect(await running.end()).toBe(0)
      expect(running.log()).toContain('"closed"')
      expect(filesOf(appOf(service))).toEqual(files)
    } finally {
      await database.close()
    }
  },
)

test('kafka-http ends in order on SIGTERM', async () => {
  expect(await kafka.end()).toBe(0)
  expect(kafka.log()).toContain('"closed"')
})

test('what .dockerignore lets through is enough to make an image of', async () => {
  const top = join(import.meta.dir, '../..')
  const context = join(folder, 'context')
  const lines = (await Bun.file(join(top, '.dockerignore')).text()).split('\n')
  for (const pattern of lines.flatMap((line) => (line.startsWith('!') ? line.slice(1) : [])))
    for (const path of new Bun.Glob(pattern).scanSync({ cwd: top, onlyFiles: false }))
      cpSync(join(top, path), join(context, path), {
        recursive: true,
        filter: (name) => !/\/node_modules$|\.test\.tsx?$/.test(name),
      })
  const made = join(folder, 'made-of-context')
  const script = join(context, 'infra/images/pack-service.ts')
  const child = Bun.spawn([...command, script, 'payment', made], {
    cwd: context,
    stderr: 'pipe',
    stdout: 'ignore',
  })
  const error = await new Response(child.stderr).text()
  expect({ code: await child.exited, error }).toEqual({ code: 0, error: '' })
  expect(filesOf(made)).toEqual(filesOf(appOf('payment')))
})
