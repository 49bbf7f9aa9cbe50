import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { auditExports, auditLedger, auditOutbox, auditStories, type Finding } from '../kills/audit-books.ts'
import { auditLog, auditOutside } from '../kills/audit-outside.ts'
import type { Role } from '../kills/commands.ts'
import { type Payers, startPayers } from '../kills/payers.ts'
import { followProgress, readProgress } from '../kills/progress.ts'
import { openStand, type Stand } from '../kills/stand.ts'

const effects = 20_000
const kills = 200
/** Of all that is counted: so many stories of payers, most with one callback and some with two, and so many queued jobs. */
const storiesShare = 0.4
const jobsShare = 0.6
/** Smaller runs are tests, on the cluster of the tests. */
const durableFrom = 0.05
const lanes = 150
/** So many jobs may be queued ahead of the payers. */
const aheadMost = 200

/** Of twenty kills: eleven of the payment service, four of those who take jobs, one or two of each of the others. */
const victims: Role[] = [
  ...Array.from({ length: 11 }, (_, i): Role => (i % 2 === 0 ? 'payment-0' : 'payment-1')),
  ...(['jobs-0', 'jobs-1', 'jobs-0', 'jobs-1', 'queuer', 'vtb', 'vtb', 'one-c', 'kafka-http'] as const),
]

type Kill = { at: number; role: Role }

/** At how many effects who is killed: seeded, uniform over the whole run. */
const plan = (random: SeededRandom, total: number, count: number): Kill[] =>
  Array.from({ length: count }, () => ({
    at: random.below(total),
    role: victims[random.below(victims.length)] ?? 'payment-0',
  })).sort((one, other) => one.at - other.at)

type Run = {
  stand: Stand
  payers: Payers
  random: SeededRandom
  planned: Kill[]
  jobs: number
  total: number
}

const allowJobs = ({ counting }: Stand, allowed: number) =>
  counting.sql`update pace set allowed = ${Math.round(allowed)}`

/** Only who is at work is killed, and at once when as much has come about as was drawn for him. */
const strike = async ({ stand, random }: Run, { role }: Kill): Promise<void> => {
  await stand.processes.untilReady(role)
  await Bun.sleep(random.below(100))
  await stand.processes.kill(role)
}

/** Until every kill has been and nothing is open, or nothing moves any more: the audit tells what is missing. */
const storm = async (run: Run, say: (line: string) => void): Promise<number> => {
  const { stand, payers, planned, jobs, total } = run
  const waiting = [...planned]
  const moves = followProgress(say)
  let paying = true
  void payers.done.then(() => {
    paying = false
  })
  for (;;) {
    const progress = await readProgress(stand)
    const count = progress.callbacks + progress.jobs
    const struck = planned.length - waiting.length
    if (!moves(progress, struck)) return struck
    if (!paying && progress.jobs >= jobs && progress.open === 0 && waiting.length === 0) return struck
    const share = Math.min(1, progress.callbacks / (total - jobs))
    await allowJobs(stand, paying ? Math.min(jobs, share * jobs + aheadMost) : jobs)
    for (let next = waiting[0]; next && (next.at <= count || !paying); next = waiting[0]) {
      waiting.shift()
      await strike(run, next)
    }
    await Bun.sleep(50)
  }
}

const auditAll = async (stand: Stand, payers: Payers): Promise<Finding[]> => {
  const { sql } = stand.payment
  await stand.processes.untilAllReady()
  const { ids, ...outbox } = await auditOutbox(sql)
  return [
    ...(await auditStories(sql, payers.told)),
    await auditLedger(sql),
    outbox,
    await auditLog(stand, ids),
    await auditExports(sql),
    ...(await auditOutside(stand)),
  ]
}

const synced = async ({ payment }: Stand): Promise<string> => {
  const [row] = await payment.sql<{ commit: string; fsync: string }[]>`
    select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync`
  return `synchronous_commit=${row?.commit}, fsync=${row?.fsync}`
}

type Whole = { counts: string; goal: string; isWhole: boolean }

const claimsOf = (
  { counts, goal, isWhole }: Whole,
  findings: Finding[],
  seed: number,
  ms: number,
): Claim[] => [
  { claim: 'kills', value: counts, goal, ok: isWhole, seed, ms },
  ...findings.map(({ kind, expected, lost, doubled }) => ({
    claim: `kills: ${kind}`,
    value: `${lost} lost, ${doubled} doubled of ${expected}`,
    goal: '0 lost, 0 doubled',
    ok: lost === 0 && doubled === 0,
    seed,
    ms,
  })),
]

/**
 * Payers at two replicas of the payment service, with the bank, 1С and kafka-http as processes, and a queue with two processes
 * that take its jobs: one of them is killed with -9 at points that the seed draws. Then the books are held against what payers
 * have seen, against each other, and against those of the bank, of 1С and of the log.
 */
export const proveKills: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(60, Math.round(effects * size))
  const [stories, jobs] = [Math.round(total * storiesShare), Math.round(total * jobsShare)]
  const planned = plan(random, total, Math.max(6, Math.round(kills * size)))
  const stand = await openStand(seed, size >= durableFrom)
  const payers = startPayers(stand, seed, stories, Math.min(lanes, Math.ceil(stories / 3)))
  try {
    const killed = await storm({ stand, payers, random, planned, jobs, total }, say)
    const findings = await auditAll(stand, payers)
    for (const fault of payers.faults) say(fault)
    const { callbacks, jobs: done } = await readProgress(stand)
    const told = payers.told.length
    const counts = `${killed} kills, ${callbacks} callbacks, ${done} jobs, ${told} of ${stories} payers`
    const whole = {
      counts: `${counts}; ${await synced(stand)}`,
      goal: `${planned.length} kills, ${total} effects`,
      isWhole: told === stories && killed === planned.length && callbacks + done >= total,
    }
    return claimsOf(whole, findings, seed, Date.now() - begun)
  } finally {
    payers.stop()
    await stand.close()
  }
}
