import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import type { Person, Session } from '../live/people.ts'
import { quantile, refusalsOf } from '../live/refusal.ts'
import { routeOf, withPermission } from '../live/routes.ts'
import { openStand, type Replica, type Stand } from '../live/stand.ts'
import { type Load, startLoad } from '../live/watch-load.ts'

const kinds = ['block', 'role removal', 'session end', 'sign-out everywhere'] as const
type Kind = (typeof kinds)[number]

const eventsOfKind = 200
const revokedEntries = 1_000_000
const perService = 200
/** From a tenth of the size on the tables are full and the load is whole; below, the course of things is what is looked at. */
const shareOf = (size: number): number => Math.min(1, size * 10)
const bystanders = 20
/** After the last refusal nobody may be let in again. */
const quietMs = 250
const freshTokensMs = 120_000

type Course = { stand: Stand; load: Load; random: SeededRandom; admin: Session; troubles: string[] }

const anyOf = ({ stand, random }: Course, service: string): Replica => {
  const of = stand.replicas.filter((replica) => replica.service === service)
  return of[random.below(of.length)] as Replica
}

const call = async (method: string, url: string, token: string, body?: object): Promise<void> => {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
    ...(body && { 'content-type': 'application/json' }),
  }
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status}`)
}

type Subject = Person & { sessions: Session[] }

const act = async (course: Course, kind: Kind, { userId, grantId, sessions }: Subject): Promise<void> => {
  const [first, second] = sessions
  const { admin } = course
  const auth = `${anyOf(course, 'auth').url}/v1/sessions`
  const client = `${anyOf(course, 'client').url}/v1/users/${userId}`
  if (kind === 'block') await call('POST', `${client}/block`, admin.token, { reason: 'A proof' })
  if (kind === 'role removal') await call('DELETE', `${client}/grants/${grantId}`, admin.token)
  if (kind === 'session end') await call('DELETE', `${auth}/${first?.id}`, second?.token ?? '')
  if (kind === 'sign-out everywhere') await call('DELETE', `${auth}/all`, second?.token ?? '')
}

/** From the acknowledgement to refusal by every replica of every service that lets this person in for it. */
const measure = async (course: Course, kind: Kind, person: Person): Promise<Map<string, number>> => {
  const { stand, load } = course
  const { userId } = person
  const sessions = [await stand.people.open(userId), await stand.people.open(userId)]
  const concerned = stand.replicas.filter(
    ({ service }) => kind !== 'role removal' || withPermission.includes(service),
  )
  const watched = kind === 'session end' ? sessions.slice(0, 1) : sessions
  await load.watch(
    watched.map(({ token }) => token),
    concerned.map(({ name }) => name),
  )
  await act(course, kind, { ...person, sessions })
  const ackedAt = performance.timeOrigin + performance.now()
  await load.untilRefused()
  await Bun.sleep(quietMs)
  const probes = await load.endWatch()
  const strange = probes.filter(({ status }) => ![200, kind === 'role removal' ? 403 : 401].includes(status))
  for (const { replica, status } of strange) course.troubles.push(`${kind}: ${replica} ${status}`)
  return refusalsOf(probes, ackedAt)
}

const openBystanders = async ({ people }: Stand): Promise<string[]> => {
  const persons = await Promise.all(Array.from({ length: bystanders }, people.create))
  // Their roles are on the way to the services.
  await Bun.sleep(2000)
  return Promise.all(persons.map(async ({ userId }) => (await people.open(userId)).token))
}

const slowestOf = (times: Map<string, number>[]): string => {
  const names = [...(times[0]?.keys() ?? [])]
  return names
    .map(
      (name) =>
        `${name} ${quantile(
          times.map((one) => one.get(name) ?? 0),
          0.5,
        )}`,
    )
    .join(', ')
}

/** Each kind in turn, so that whatever else the machine does falls on all alike. */
const runAll = async (course: Course, events: number, say: (line: string) => void) => {
  const { stand, load } = course
  const taken = new Map<Kind, Map<string, number>[]>(kinds.map((kind) => [kind, []]))
  let fresh = Date.now()
  for (let i = 0; i < events; i++) {
    for (const kind of course.random.shuffle([...kinds]))
      taken.get(kind)?.push(await measure(course, kind, await stand.people.create()))
    if ((i + 1) % 20 === 0) say(`${(i + 1) * kinds.length} of ${events * kinds.length} revocations`)
    if (Date.now() - fresh < freshTokensMs) continue
    fresh = Date.now()
    load.setBystanders(await openBystanders(stand))
    course.admin = await stand.people.admin()
  }
  return taken
}

const openCourse = async (stand: Stand, seed: number, rate: number): Promise<Course> => {
  const targets = stand.replicas.map(({ name, service, url }) => ({ name, url: `${url}${routeOf[service]}` }))
  const tokens = await openBystanders(stand)
  const load = startLoad({ targets, perReplica: rate / 2, seed, tokens })
  return { stand, load, random: seededRandom(seed), admin: await stand.people.admin(), troubles: [] }
}

/** Live revocation under load, with the tables of every service full. */
export const proveBlock: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const revoked = Math.round(revokedEntries * shareOf(size))
  const events = Math.max(3, Math.round(eventsOfKind * size))
  const wanted = Math.max(20, Math.round(perService * shareOf(size)))
  const stand = await openStand({ revoked })
  say(`two replicas of each service are up with ${revoked} revoked sessions after ${Date.now() - begun} ms`)
  try {
    const course = await openCourse(stand, seed, wanted)
    const loadBegun = Date.now()
    const taken = await runAll(course, events, say)
    const { asked, skipped, troubles, p50, p99 } = await course.load.count()
    const rate = Math.round(asked / 5 / ((Date.now() - loadBegun) / 1000))
    await course.load.stop()
    say(`${asked} requests, ${rate}/s a service, answered in ${p50} ms at p50 and ${p99} ms at p99`)
    for (const [kind, times] of taken) say(`${kind}, p50 by replica: ${slowestOf(times)}`)
    const strange = [...troubles, ...course.troubles]
    const closed = strange.filter((line) => line.endsWith(' 503')).length
    const wrong = strange.filter((line) => !line.endsWith(' 503'))
    for (const line of wrong.slice(0, 20)) say(line)
    const claim = (name: string, value: number, goal: number | string, ok: boolean): Claim => {
      return { claim: `block: ${name}`, value, goal, ok, seed, ms: Date.now() - begun }
    }
    const timed = (...told: Parameters<typeof claim>): Claim => ({ ...claim(...told), timed: true })
    const ofKind = [...taken].flatMap(([kind, times]) => {
      const worst = times.map((one) => Math.max(...one.values()))
      const [half, most] = [quantile(worst, 0.5), quantile(worst, 0.99)]
      return [
        timed(`${kind} → refused by every replica, p50 of ${worst.length} (ms)`, half, '≤ 100', half <= 100),
        timed(`${kind} → refused by every replica, p99 (ms)`, most, '≤ 1000', most <= 1000),
      ]
    })
    const carried = rate >= wanted * 0.95 && skipped === 0
    return [
      ...ofKind,
      timed(`requests/s a service that were carried, ${skipped} left out`, rate, wanted, carried),
      timed('answers 503 while nothing was down', closed, 0, closed === 0),
      claim('answers to others, or of another kind, that were wrong', wrong.length, 0, wrong.length === 0),
    ]
  } finally {
    await stand.stop()
  }
}
