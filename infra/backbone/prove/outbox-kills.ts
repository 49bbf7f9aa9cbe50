import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { type Audit, audit } from '../outbox/audit.ts'
import { type Child, startChild } from '../outbox/child.ts'
import { openStand, type Stand } from '../outbox/stand.ts'

const events = 100_000
const kills = 200
/** So far at most the writers are ahead of the effects: all parts are at work from the first event to the last. */
const aheadMost = 2000
/** What they may write besides when a relay is to be killed, so that it dies at work. */
const burst = 500
const patienceMs = 120_000

type Role = 'relay-0' | 'relay-1' | 'writers' | 'consumer'

const scripts: Record<Role, string> = {
  'relay-0': 'run-relay.ts',
  'relay-1': 'run-relay.ts',
  writers: 'write-at-random.ts',
  consumer: 'hear-and-note.ts',
}

/** Four of five hit a relay. */
const victimOf = (random: SeededRandom): Role => {
  const drawn = random.below(10)
  if (drawn < 8) return drawn < 4 ? 'relay-0' : 'relay-1'
  return drawn === 8 ? 'writers' : 'consumer'
}

/** At how many effects who is killed: seeded, uniform over the whole run. */
const plan = (random: SeededRandom, total: number, count: number): { at: number; role: Role }[] =>
  Array.from({ length: count }, () => ({ at: random.below(total), role: victimOf(random) })).sort(
    (one, other) => one.at - other.at,
  )

const startAll = (stand: Stand, random: SeededRandom) => {
  const start = (role: Role): Child =>
    startChild(`infra/backbone/outbox/${scripts[role]}`, {
      ...stand.env,
      HOLDER: `ledger-${role.slice(-1)}`,
      SEED: String(random.below(2 ** 31)),
    })
  const roles = Object.keys(scripts) as Role[]
  const running = new Map(roles.map((role) => [role, start(role)]))
  return {
    of: (role: Role): Child | undefined => running.get(role),
    kill: (role: Role): void => {
      running.get(role)?.kill()
      running.set(role, start(role))
    },
    end: async (): Promise<void> => {
      for (const child of running.values()) child.kill()
      await Promise.all([...running.values()].map(({ exited }) => exited))
    },
  }
}

const effectsOf = async ({ reader }: Stand): Promise<number> => {
  const [row] = await reader.sql<{ count: number }[]>`select coalesce(max(position), 0) as count from effects`
  return row?.count ?? 0
}

const isDone = async ({ ledger, reader }: Stand, total: number): Promise<boolean> => {
  const [row] = await ledger.sql<{ written: number; unsent: number }[]>`
    select (select coalesce(sum(version), 0)::bigint from accounts) as written,
      (select count(*) from outbox where sent_at is null) as unsent`
  const [heard] = await reader.sql<{ count: number }[]>`select count(*) as count from effects`
  return (row?.written ?? 0) >= total && row?.unsent === 0 && (heard?.count ?? 0) >= (row?.written ?? 0)
}

/** A relay is killed while there is something to send, or at the latest after a second. */
const untilAtWork = async ({ ledger }: Stand): Promise<void> => {
  for (const end = Date.now() + 1000; Date.now() < end; await Bun.sleep(2))
    if ((await ledger.sql`select 1 from outbox where sent_at is null limit 1`).length > 0) return
}

type Run = { stand: Stand; random: SeededRandom; total: number; planned: ReturnType<typeof plan> }

/** Until every kill has been and every event is handled, or nothing has moved for two minutes: the audit tells what is missing. */
const storm = async (
  { stand, random, total, planned }: Run,
  say: (line: string) => void,
): Promise<number> => {
  const children = startAll(stand, random)
  const waiting = [...planned]
  let allowed = 0
  const allow = (count: number): void => {
    allowed = Math.min(total, Math.max(allowed, count))
    children.of('writers')?.tell(`upto ${allowed}`)
  }
  const strike = async (role: Role): Promise<void> => {
    if (role.startsWith('relay')) {
      allow(allowed + burst)
      await untilAtWork(stand)
    }
    await Bun.sleep(random.below(20))
    children.kill(role)
  }
  const progress = followProgress(say)
  try {
    while (waiting.length > 0 || !(await isDone(stand, total))) {
      const effects = await effectsOf(stand)
      if (!progress(effects, `of ${total} handled, ${planned.length - waiting.length} kills`)) break
      for (let next = waiting[0]; next && next.at <= effects; next = waiting[0]) {
        waiting.shift()
        await strike(next.role)
      }
      allow(effects + aheadMost)
      await Bun.sleep(30)
    }
  } finally {
    await children.end()
  }
  return planned.length - waiting.length
}

/** Says where it stands each five seconds; false when nothing has moved for too long. */
const followProgress = (say: (line: string) => void) => {
  let moved = { at: Date.now(), effects: 0 }
  let told = Date.now()
  return (effects: number, text: string): boolean => {
    if (effects > moved.effects) moved = { at: Date.now(), effects }
    if (Date.now() - told > 5000) {
      told = Date.now()
      say(`${effects} ${text}`)
    }
    return Date.now() - moved.at < patienceMs
  }
}

const claimsOf = ({ written, lost, inverted, doubled, resent }: Audit, killed: number) => ({
  value: `${lost} lost, ${inverted} inverted, ${doubled} doubled in effect of ${written} (${killed} kills, ${resent} sent again)`,
  ok: lost === 0 && inverted === 0 && doubled === 0,
})

/**
 * Eight writers, two relays that share the partitions and a consumer, each a process: one of them is killed with -9 at points
 * that the seed draws. What was committed is then held against the log, and against the effects behind the inbox.
 */
export const proveOutboxKills: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(200, Math.round(events * size))
  const planned = plan(random, total, Math.max(10, Math.round(kills * size)))
  const stand = await openStand(size < 1 ? 'shared' : 'fast')
  try {
    const killed = await storm({ stand, random, total, planned }, say)
    const found = await audit(stand)
    const { value, ok } = claimsOf(found, killed)
    const isWhole = found.written >= total && killed === planned.length
    const claim: Claim = {
      claim: 'outbox-kills',
      value,
      goal: '0 lost, 0 inverted, 0 doubled',
      ok: ok && isWhole,
      seed,
      ms: Date.now() - begun,
    }
    return [claim]
  } finally {
    await stand.close()
  }
}
