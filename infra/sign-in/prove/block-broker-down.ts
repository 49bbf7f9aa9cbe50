import type { Claim, Proof } from '../../stack/prove/claim.ts'
import type { Session } from '../live/people.ts'
import { plainRouteOf, sensitiveRouteOf } from '../live/routes.ts'
import { type Question, type Sample, startSampler } from '../live/samples.ts'
import { openStand, type Replica, type Stand } from '../live/stand.ts'

const outageMs = 60_000
const shortestMs = 9000
const revoked = 1000
const backMs = 10_000
const calmMs = 1500
/** No answer that was on its way when it was blocked. */
const underWayMs = 500

type Way = 'killed' | 'hung'
type Cast = { clerk: Session; blocked: Session; ended: Session }
/** Milliseconds of the wall clock. */
type Times = { stopped: number; blockedAt: number; endedAt: number; back: number; end: number }
type Course = { way: Way; samples: Sample[]; times: Times }

const openCast = async ({ people }: Stand) => {
  const persons = await Promise.all([people.create(), people.create(), people.create()])
  const [clerk, blocked, ended] = await Promise.all(persons.map(({ userId }) => people.open(userId)))
  return { persons, cast: { clerk, blocked, ended } as Cast }
}

const questionsOf =
  ({ clerk, blocked, ended }: Cast) =>
  ({ service }: Replica): Question[] => {
    const sensitive = sensitiveRouteOf(service)
    const plain = { method: 'GET', path: plainRouteOf[service] }
    return [
      { what: 'sensitive', ...sensitive, token: clerk.token },
      { what: 'plain', ...plain, token: clerk.token },
      { what: 'blocked', ...sensitive, token: blocked.token },
      ...(service === 'notification' ? [] : [{ what: 'ended', ...plain, token: ended.token }]),
    ]
  }

const stopBroker = async ({ broker }: Stand, way: Way): Promise<void> =>
  way === 'killed' ? broker.kill() : broker.hang()
const startBroker = async ({ broker }: Stand, way: Way): Promise<void> =>
  way === 'killed' ? broker.start() : broker.goOn()

const endOwnSession = async ({ replicas }: Stand, { id, token }: Session): Promise<void> => {
  const auth = replicas.find(({ service }) => service === 'auth')
  const headers = { authorization: `Bearer ${token}` }
  const answer = await fetch(`${auth?.url}/v1/sessions/${id}`, { method: 'DELETE', headers })
  if (answer.status !== 204) throw new Error(`A session does not end while Kafka is away: ${answer.status}`)
}

const isOpen = ({ status }: Sample): boolean => status !== 503 && status !== 0

/** Every replica is open again, and knows what was ended meanwhile; or the time for it is over. */
const untilWell = async (samples: Sample[], back: number): Promise<void> => {
  const last = (what: string) => {
    const since = samples.filter((one) => one.what === what && one.at > back)
    return [...new Map(since.map((one) => [one.replica.name, one])).values()]
  }
  const isWell = () =>
    last('sensitive').length > 0 &&
    last('sensitive').every(isOpen) &&
    last('ended').every(({ status }) => status === 401)
  for (const end = Date.now() + 2 * backMs; Date.now() < end; await Bun.sleep(calmMs)) if (isWell()) return
}

/** Calm, outage with a block and an end of a session in the middle of it, and what comes behind. */
const live = async (stand: Stand, way: Way, downMs: number): Promise<Course> => {
  const { cast, persons } = await openCast(stand)
  await Bun.sleep(calmMs)
  const { samples, stop } = startSampler(stand.replicas, questionsOf(cast))
  await Bun.sleep(calmMs)
  const stopped = Date.now()
  await stopBroker(stand, way)
  await Bun.sleep(downMs / 2)
  await stand.people.block(persons[1]?.userId ?? '')
  const blockedAt = Date.now()
  await endOwnSession(stand, cast.ended)
  const endedAt = Date.now()
  await Bun.sleep(Math.max(0, stopped + downMs - Date.now()))
  await startBroker(stand, way)
  const back = Date.now()
  await untilWell(samples, back)
  await Bun.sleep(calmMs)
  await stop()
  return { way, samples, times: { stopped, blockedAt, endedAt, back, end: Date.now() } }
}

const of = ({ samples }: Course, what: string): Sample[] => samples.filter((one) => one.what === what)

/** The latest moment, over the replicas, at which one was still so; from a moment on, in milliseconds. */
const lastOf = (samples: Sample[], is: (one: Sample) => boolean, from: number): number =>
  Math.max(0, ...samples.filter(is).map(({ at }) => at - from))

type Say = (name: string, value: number | string, goal: string, ok: boolean) => Claim

const claimsOf = (course: Course, claim: Say): Claim[] => {
  const { stopped, blockedAt, endedAt, back } = course.times
  const sensitive = of(course, 'sensitive')
  const down = sensitive.filter(({ at }) => at > stopped && at < back)
  const closed = down.filter(({ status }) => status === 503)
  const first = Math.min(...closed.map(({ at }) => at - stopped))
  const last = lastOf(down, isOpen, stopped)
  const others = closed.filter(({ retryAfter }) => retryAfter !== '1').length
  const plain = of(course, 'plain').filter(({ status }) => status !== 200)
  const reopened = lastOf(sensitive, ({ at, status }) => at > back && status === 503, back)
  const blocked = of(course, 'blocked').filter(({ at }) => at > blockedAt + underWayMs)
  const letIn = blocked.filter(({ status }) => status !== 401 && status !== 503)
  const ended = of(course, 'ended').filter(({ status }) => status === 200)
  const byAuth = ended.filter(({ replica }) => replica.service === 'auth')
  const endedOwn = lastOf(byAuth, () => true, endedAt)
  const endedAll = lastOf(ended, () => true, back)
  return [
    claim('the last sensitive route closes after (ms)', last, '≤ 6500', last <= 6500),
    claim('none closes while the feed cannot be 5 s old (ms)', first, '≥ 2500', first >= 2500),
    claim('refusals without Retry-After: 1', others, '0', others === 0 && closed.length > 0),
    claim('answers of insensitive routes that were not 200', plain.length, '0', plain.length === 0),
    claim('all are open again after (ms)', reopened, `≤ ${backMs}`, reopened <= backMs),
    claim(
      'who was blocked meanwhile was let in',
      letIn.length,
      '0',
      letIn.length === 0 && blocked.length > 0,
    ),
    claim(
      'auth itself refuses a session that ended meanwhile after (ms)',
      endedOwn,
      '≤ 1000',
      endedOwn <= 1000,
    ),
    claim('everyone refuses it, from the return on, after (ms)', endedAll, `≤ ${backMs}`, endedAll <= backMs),
  ]
}

/** `kafka-http` away, by a kill and by silence: what cannot be known is not allowed, all else goes on. */
export const proveBlockBrokerDown: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const downMs = Math.max(shortestMs, Math.round(outageMs * Math.min(1, size)))
  const ways: Way[] = size >= 1 ? ['killed', 'hung'] : [seed % 2 === 0 ? 'killed' : 'hung']
  const stand = await openStand({ revoked })
  try {
    const claims: Claim[] = []
    for (const way of ways) {
      say(`kafka-http is ${way} for ${downMs} ms`)
      const course = await live(stand, way, downMs)
      const claim: Say = (name, value, goal, ok) => {
        const ms = Date.now() - begun
        return { claim: `block-broker-down: ${way}: ${name}`, value, goal, ok, seed, ms }
      }
      claims.push(...claimsOf(course, claim))
    }
    return claims
  } finally {
    await stand.stop()
  }
}
