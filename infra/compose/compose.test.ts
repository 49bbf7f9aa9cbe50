import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { readSettings, settingsRows } from '../../packages/service/settings.ts'
import { topicsAndCredentials } from '../stack/kafka-topics.ts'
import { envExample } from './env-example.ts'
import { inventSecrets } from './invent-secrets.ts'
import { composeText, readCompose, top, variablesIn } from './read-compose.ts'
import { serviceNames, settingsOf } from './service-settings.ts'

const text = await composeText()
const { services, configs } = await readCompose()
const example = await envExample()
const roleOf = (service: string): string => service.replaceAll('-', '_')
const secondsOf = (time = ''): number => Number(/^(\d+)s$/.exec(time)?.[1])

/** What going down may take: 0.3 s as not ready, 15 s of loops, 10 s of the server, 2 s of the pool. */
const goingDownSeconds = 28

describe.each([...serviceNames])('%s', (service) => {
  const part = services[service]!
  const environment = part.environment!

  test('gets every setting of its table and none that it does not have', async () => {
    const table = await settingsOf(service)
    expect(Object.keys(environment).sort()).toEqual(Object.keys(table).sort())
  })

  test('is refused by docker, not by itself, when a setting that it requires is missing', async () => {
    const rows = settingsRows(await settingsOf(service))
    const mayBeEmpty = Object.entries(environment).flatMap(([name, value]) =>
      /^\$\{\w+:-\}$/.test(value) ? name : [],
    )
    const required = rows.filter((row) => row.default === 'required').map(({ name }) => name)
    expect(mayBeEmpty.filter((name) => required.includes(name))).toEqual([])
  })

  test('is given values that its table accepts where the file names them itself', async () => {
    const table = await settingsOf(service)
    const fixed = Object.entries(environment).filter(([, value]) => !value.includes('${'))
    const checked = Object.fromEntries(fixed.map(([name]) => [name, table[name]!]))
    expect(() => readSettings(checked, Object.fromEntries(fixed))).not.toThrow()
  })

  test('runs as the role that may not migrate, in its own database, and its migrations as the owner', () => {
    const role = roleOf(service)
    const prefix = role.toUpperCase()
    expect(environment.DATABASE_URL).toBe(
      `postgres://${role}:\${${prefix}_DATABASE_PASSWORD:?}@postgres:5432/${role}`,
    )
    const migrate = services[`${service}-migrate`]!
    expect(migrate.environment).toEqual({
      DATABASE_OWNER_URL: `postgres://${role}_owner:\${${prefix}_DATABASE_OWNER_PASSWORD:?}@postgres:5432/${role}`,
    })
    expect(migrate.command?.slice(-2)).toEqual(['src/cli.ts', 'migrate'])
    expect(migrate.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  })

  test('starts after its migrations, has time to go down, and may write nowhere', () => {
    expect(migrationsAwaitedBy(service)).toContain(`${service}-migrate`)
    expect(secondsOf(part.stop_grace_period)).toBeGreaterThan(goingDownSeconds)
    expect(part).toMatchObject({ read_only: true, cap_drop: ['ALL'], restart: 'unless-stopped' })
    expect(part.build).toMatchObject({
      context: '.',
      dockerfile: 'infra/images/Dockerfile',
      args: { SERVICE: service },
    })
    expect(services[`${service}-migrate`]?.image).toBe(part.image)
  })

  test('is the only one that builds its image', () => {
    const builders = Object.values(services).filter(({ image, build }) => image === part.image && build)
    expect(builders).toHaveLength(1)
  })
})

/** One-shots that end well before this starts, through others too. */
const migrationsAwaitedBy = (service: string): string[] =>
  Object.entries(services[service]?.depends_on ?? {}).flatMap(([name, { condition }]) =>
    condition === 'service_completed_successfully' ? [name, ...migrationsAwaitedBy(name)] : [],
  )

test('the five services wait for kafka-http to be ready, documents for the file store too', () => {
  const others = serviceNames.filter((name) => name !== 'kafka-http')
  for (const name of others)
    expect(services[name]?.depends_on?.['kafka-http']?.condition).toBe('service_healthy')
  expect(services.documents?.depends_on?.s3?.condition).toBe('service_healthy')
})

test('whoever is waited for as healthy has a check of health', () => {
  const awaited = Object.values(services).flatMap(({ depends_on = {} }) =>
    Object.entries(depends_on).flatMap(([name, { condition }]) =>
      condition === 'service_healthy' ? name : [],
    ),
  )
  // A service's check stands in its image.
  const withoutOwn = [...new Set(awaited)].filter((name) => !services[name]?.healthcheck?.test)
  expect(withoutOwn).toEqual(['kafka-http'])
})

test('everybody is waited for under a name that is there', () => {
  for (const { depends_on = {} } of Object.values(services))
    for (const name of Object.keys(depends_on)) expect(Object.keys(services)).toContain(name)
})

test('only the five services and the file store are reached from outside, each on its own port of this machine alone', () => {
  const published = Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => ({ name, port })),
  )
  expect(published.map(({ name }) => name).sort()).toEqual(
    [...serviceNames.filter((name) => name !== 'kafka-http'), 's3'].sort(),
  )
  expect(published.filter(({ port }) => !/^127\.0\.0\.1:\d+:(8080|7070)$/.test(port))).toEqual([])
  expect(new Set(published.map(({ port }) => port.split(':')[1])).size).toBe(published.length)
})

test('no password, key or host has a default', () => {
  const withDefault = variablesIn(text).filter(({ rule }) => rule !== ':?' && rule !== ':-')
  expect(withDefault).toEqual([])
})

test('the topics and credentials are those of the local stack', () => {
  const wanted = topicsAndCredentials((service) => `\${${service.toUpperCase()}_KAFKA_HTTP_PASSWORD:?}`)
  expect(JSON.parse(configs.topics.content)).toEqual(wanted)
})

test('.env.example is current: infra/compose/write-env-example.ts writes it anew', async () => {
  expect(await Bun.file(join(top, 'infra/compose/.env.example')).text()).toBe(example)
})

test('.env.example names what the file asks for, and asks for what the file cannot do without', () => {
  const lines = [...example.matchAll(/^(#?)(\w+)=/gm)].map(([, mark, name]) => ({
    name,
    needed: mark === '',
  }))
  const asked = new Map<string, boolean>()
  for (const { name, rule } of variablesIn(text)) asked.set(name, (asked.get(name) ?? false) || rule === ':?')
  expect(Object.fromEntries(lines.map(({ name, needed }) => [name, needed]))).toEqual(
    Object.fromEntries(asked),
  )
})

test('invented secrets are ones that the tables accept, the public keys are those of the private ones', async () => {
  const lines = (await inventSecrets()).split('\n')
  const invented = Object.fromEntries(
    lines.flatMap((line) => {
      const [, name = '', value = ''] = /^([A-Z]\w+)='?([^']+)'?$/.exec(line) ?? []
      return name ? [[name, value]] : []
    }),
  )
  const { MACHINE_CLIENTS, KEY_ENCRYPTION_KEY, CODE_PEPPER } = await settingsOf('auth')
  const { LETTER_KEY_ENCRYPTION_KEY } = await settingsOf('notification')
  const table = {
    MACHINE_CLIENTS: MACHINE_CLIENTS!,
    KEY_ENCRYPTION_KEY: KEY_ENCRYPTION_KEY!,
    CODE_PEPPER: CODE_PEPPER!,
  }
  const read = readSettings({ ...table, LETTER_KEY_ENCRYPTION_KEY: LETTER_KEY_ENCRYPTION_KEY! }, invented)
  const { d, ...open } = JSON.parse(invented.PAYMENT_MACHINE_KEY!)
  expect(d).toBeString()
  expect(read.MACHINE_CLIENTS).toMatchObject({ payment: open })
  expect(JSON.stringify(read.MACHINE_CLIENTS)).not.toContain('"d"')
  const passwords = Object.entries(invented).filter(([name]) => name.includes('DATABASE'))
  expect(passwords).toHaveLength(2 * serviceNames.length)
  expect(passwords.filter(([, value]) => !/^[A-Za-z0-9_-]{43}$/.test(value))).toEqual([])
})
