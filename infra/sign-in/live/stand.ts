import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../../packages/postgres/index.ts'
import { startPostgres } from '../../embedded-postgres/index.ts'
import { makeFirstAdministrator } from '../../stack/first-administrator.ts'
import { applyTopics } from '../../stack/kafka-topics.ts'
import { type Launched, launch } from '../../stack/parts/launch.ts'
import { databaseUrls } from '../../stack/parts/service-env.ts'
import { kafkaHttpSpec, type Setting } from '../../stack/parts/specs.ts'
import { prepareDatabases } from '../../stack/prepare-databases.ts'
import { readSecrets, type ServiceName, services } from '../../stack/secrets.ts'
import { freeBlock } from '../../stack/story/free-block.ts'
import { alsoEnd } from '../../stack/story/own-stack.ts'
import { freePort } from '../../testing/index.ts'
import { openPeople } from './people.ts'
import { settingsOf } from './service-settings.ts'

export type Replica = { name: string; service: ServiceName; url: string }

const slots = [0, 1]
const patienceMs = 120_000
const top = join(import.meta.dir, '../../..')

/** Sessions that ended somewhere: remembered for as long as the proof lasts, as if they had ended a moment ago. */
const fillRevoked = async (setting: Setting, service: ServiceName, count: number): Promise<void> => {
  const sql = connect(databaseUrls(setting.outside.postgresUrl, service, setting.secrets).owner, { max: 1 })
  try {
    await sql`
      insert into access_revoked_sessions (session_id, revoked_at, changed)
      select gen_random_uuid(), ${new Date(Date.now() + 3_600_000)}, pg_current_xact_id() from generate_series(1, ${count}::integer)`
    await sql`vacuum analyze access_revoked_sessions`
  } finally {
    await sql.end()
  }
}

/** Ready, and what feeds its access has come through. Other partners may be away. */
const untilWell = async (url: string): Promise<void> => {
  let told = 'no answer'
  for (const end = Date.now() + patienceMs; Date.now() < end; await Bun.sleep(100)) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined)
    told = answer ? `${answer.status} ${await answer.text()}` : 'no answer'
    if (answer?.ok && !told.includes('access-feed')) return
  }
  throw new Error(`${url} does not become ready: ${told}`)
}

/** Postgres, `kafka-http` on its log, and two replicas of every service, each a process of its own. */
export const openStand = async ({ revoked }: { revoked: number }) => {
  const data = mkdtempSync(join(tmpdir(), 'kontora-live-'))
  const endings: (() => unknown)[] = [() => rmSync(data, { recursive: true, force: true })]
  /** In the reverse order of their beginnings. */
  const stop = async () => {
    for (let end = endings.pop(); end; end = endings.pop()) await end()
  }
  endings.push(alsoEnd(stop))
  try {
    return { ...(await begin(data, revoked, endings)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
export type Stand = Awaited<ReturnType<typeof openStand>>

const begin = async (data: string, revoked: number, endings: (() => unknown)[]) => {
  const port = await freeBlock()
  const place = { data, port, url: `http://127.0.0.1:${port}` }
  const secrets = await readSecrets(place)
  const postgres = await startPostgres({ dir: join(data, 'postgres'), durable: true })
  endings.push(postgres.stop)
  const setting: Setting = { place, secrets, outside: { postgresUrl: postgres.url } }
  await prepareDatabases(postgres.url, secrets)
  await Promise.all([makeFirstAdministrator(setting), applyTopics(setting)])
  for (const service of services) await fillRevoked(setting, service, revoked)
  const broker = await startBroker(setting)
  endings.push(broker.kill)
  const replicas = await Promise.all(
    services.flatMap((service) => slots.map((slot) => startReplica(setting, service, slot, endings))),
  )
  await Promise.all(replicas.map(({ url }) => untilWell(url)))
  const people = await openPeople(setting)
  endings.push(people.close)
  return { replicas, people, broker }
}

const killed = async (part: Launched): Promise<void> => {
  part.signal('SIGKILL')
  await part.exited
}

const startBroker = async (setting: Setting) => {
  const spec = kafkaHttpSpec(setting)
  const launched = async () => {
    const part = await spec.launch(() => {})
    await untilWell(spec.url)
    return part
  }
  let part = await launched()
  return {
    hang: () => part.signal('SIGSTOP'),
    goOn: () => part.signal('SIGCONT'),
    kill: () => killed(part),
    start: async () => {
      part = await launched()
    },
  }
}

const startReplica = async (
  setting: Setting,
  service: ServiceName,
  slot: number,
  endings: (() => unknown)[],
): Promise<Replica> => {
  const own = settingsOf(setting, service)
  const port = slot === 0 ? own.PORT : String(await freePort())
  const env = { ...own, PORT: String(port), SLOT: String(slot) }
  const script = join(top, `services/${service}/src/server.ts`)
  const name = `${service}-${slot}`
  const part = launch({ script, env, logFile: join(setting.place.data, 'logs', `${name}.log`) })
  endings.push(() => killed(part))
  return { name, service, url: `http://127.0.0.1:${port}` }
}
