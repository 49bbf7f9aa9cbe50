import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings } from '../../packages/service/settings.ts'
import { serviceNames, settingsOf } from '../compose/service-settings.ts'
import { readFly, readRender, readWrangler, requiredBy, secretsTold, top } from './read-deploy-files.ts'

/** What going down may take: 0.3 s as not ready, 15 s of loops, 10 s of the server, 2 s of the pool. */
const goingDownSeconds = 28
const migrate = 'bun --no-env-file src/cli.ts migrate'
const edge = serviceNames.filter((name) => name !== 'kafka-http')
const render = await readRender()
const renderOf = (service: string) => render.find(({ name }) => name === `kontora-${service}`)!

const accepts = async (service: string, values: Record<string, string>) => {
  const table = await settingsOf(service)
  expect(Object.keys(values).filter((name) => !(name in table))).toEqual([])
  const given = Object.fromEntries(Object.keys(values).map((name) => [name, table[name]!]))
  expect(() => readSettings(given, values)).not.toThrow()
}

describe.each([...serviceNames])('fly.toml of %s', (service) => {
  test('builds the one image, migrates before it starts, and has time to go down on SIGTERM', async () => {
    const { app, build, deploy, kill_signal, kill_timeout } = await readFly(service)
    expect({ app, args: build.args }).toEqual({ app: `kontora-${service}`, args: { SERVICE: service } })
    expect(existsSync(join(top, 'services', service, build.dockerfile))).toBe(true)
    expect(deploy.release_command).toBe(migrate)
    expect(kill_signal).toBe('SIGTERM')
    expect(Number(/^(\d+)s$/.exec(kill_timeout)?.[1])).toBeGreaterThan(goingDownSeconds)
  })

  test('never sleeps, and is sent requests only while it is ready', async () => {
    const { http_service, services = [], env } = await readFly(service)
    const doors = http_service ? [http_service] : services
    expect(doors).toHaveLength(1)
    for (const { auto_stop_machines, min_machines_running, internal_port, checks, http_checks } of doors) {
      expect({ auto_stop_machines, port: internal_port }).toEqual({
        auto_stop_machines: 'off',
        port: Number(env.PORT),
      })
      expect(min_machines_running).toBeGreaterThan(0)
      expect([...(checks ?? []), ...(http_checks ?? [])]).toMatchObject([
        { method: 'GET', path: '/health/ready' },
      ])
    }
  })

  test('names only settings that exist, with values that they take, and tells of every other required one', async () => {
    const { env } = await readFly(service)
    await accepts(service, env)
    const told = await secretsTold(`services/${service}/fly.toml`)
    const wanted = (await requiredBy(service)).filter((name) => !(name in env))
    expect(told.sort()).toEqual([...wanted, 'DATABASE_OWNER_URL'].sort())
  })
})

test.each(edge)(
  'each machine of %s on Fly is a replica of its own name, open to people by https alone',
  async (service) => {
    const { processes, env, http_service, services } = await readFly(service)
    expect(processes?.app).toBe("sh -c 'SLOT=$FLY_MACHINE_ID exec bun --no-env-file src/server.ts'")
    expect(env.SLOT).toBeUndefined()
    expect(http_service?.force_https).toBe(true)
    expect(services).toBeUndefined()
  },
)

test('kafka-http on Fly has no port of the public proxy, and is where the others look for it', async () => {
  const { app, http_service, services } = await readFly('kafka-http')
  expect(http_service).toBeUndefined()
  expect(services?.flatMap(({ ports = [] }) => ports)).toEqual([{ port: 8080, handlers: ['http'] }])
  for (const service of edge)
    expect((await readFly(service)).env.KAFKA_HTTP_URL).toBe(`http://${app}.flycast:8080`)
})

describe.each([...serviceNames])('%s on Render', (service) => {
  const part = renderOf(service)

  test('builds the one image when its own folder or what it is made of changes', () => {
    const { runtime, dockerContext, dockerfilePath, buildFilter } = part
    expect({ runtime, dockerContext }).toEqual({ runtime: 'docker', dockerContext: '.' })
    expect(existsSync(join(top, dockerfilePath))).toBe(true)
    expect(buildFilter.paths).toEqual(
      expect.arrayContaining([`services/${service}/**`, 'packages/**', 'bun.lock']),
    )
    expect(part.envVars).toContainEqual({ key: 'SERVICE', value: service })
  })

  test('migrates before it starts and has time to go down', () => {
    expect(part.preDeployCommand).toBe(migrate)
    expect(part.maxShutdownDelaySeconds).toBeGreaterThan(goingDownSeconds)
    expect(part.maxShutdownDelaySeconds).toBeLessThanOrEqual(300)
  })

  test('names only settings that exist, with values that they take, and asks for every other required one', async () => {
    const settings = part.envVars.filter(({ key }) => key !== 'SERVICE')
    const given = settings.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]]))
    await accepts(service, Object.fromEntries(given))
    const asked = settings.flatMap(({ key, sync }) => (sync === false ? key : []))
    const wanted = (await requiredBy(service)).filter((name) => !given.some(([key]) => key === name))
    expect(asked.sort()).toEqual([...wanted, 'DATABASE_OWNER_URL'].sort())
  })
})

test('on Render the five are open to people while they are ready, each instance under its own name; kafka-http is private', () => {
  expect(render).toHaveLength(serviceNames.length)
  expect(renderOf('kafka-http')).toMatchObject({ type: 'pserv' })
  for (const service of edge)
    expect(renderOf(service)).toMatchObject({
      type: 'web',
      healthCheckPath: '/health/ready',
      dockerCommand: "/bin/sh -c 'SLOT=$RENDER_INSTANCE_ID exec bun --no-env-file src/server.ts'",
    })
})

test.each(edge)(
  'the worker of %s has its door, its cron trigger and a list of its settings',
  async (service) => {
    const { name, main, compatibility_date, triggers } = await readWrangler(service)
    expect(name).toBe(`kontora-${service}`)
    expect(existsSync(join(top, 'services', service, main))).toBe(true)
    expect(compatibility_date >= '2026-08-04').toBe(true)
    expect(triggers.crons).toEqual(['* * * * *'])
    const told = await secretsTold(`services/${service}/wrangler.jsonc`)
    expect(told.sort()).toEqual((await requiredBy(service)).sort())
  },
)

test('kafka-http holds connections, so it has no worker', () => {
  expect(existsSync(join(top, 'services/kafka-http/wrangler.jsonc'))).toBe(false)
})
