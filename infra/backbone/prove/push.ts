import type { Claim, ProofOptions } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { type Attacks, forge, repeat } from '../push/attack.ts'
import { audit, letTimePass } from '../push/audit.ts'
import { disturb, resumePaused } from '../push/disturb.ts'
import { unknownAccount } from '../push/ledger.ts'
import { isAllTaken } from '../push/read-log.ts'
import { openStand, type Stand, subscription } from '../push/stand.ts'
import { writeEvents } from '../push/write-events.ts'

const fullEvents = 12_000
/** Between two requests of a writer; longer at a smaller size, so that there is traffic while things happen. */
const pauseOf = (size: number): number => Math.min(120 / size, 700)

/** Without faults any more; whatever is left comes within its back-off. */
const untilAllTaken = async (stand: Stand): Promise<void> => {
  for (const end = Date.now() + 120_000; !(await isAllTaken(stand)); await Bun.sleep(200)) {
    await resumePaused(stand)
    if (Date.now() > end) throw new Error('The subscription does not come to its end')
  }
}

const traces = async ({ reader }: Stand): Promise<string> => {
  const [row] = await reader.sql<{ trace: string }[]>`
    select concat_ws(' ', (select count(*) from effects), (select count(*) from inbox), (select count(*) from parked),
      (select count(*) from outbox)) as trace`
  return row?.trace ?? ''
}

/** Parked ones that become due would leave traces of their own. */
const repeatInCalm = async (stand: Stand, attacks: Attacks): Promise<boolean> => {
  const before = await traces(stand)
  await repeat(stand, attacks)
  const random = seededRandom(1)
  for (let i = 0; i < 40; i++) await forge(stand, random, attacks)
  return (await traces(stand)) === before
}

const untilTransientOnesAreHandled = async ({ reader }: Stand): Promise<void> => {
  const isAnyWaiting = async () =>
    (
      await reader.sql`select position from parked where key not like 'poison-%' and key <> ${unknownAccount} limit 1`
    ).length > 0
  for (const end = Date.now() + 120_000; await isAnyWaiting(); await Bun.sleep(100))
    if (Date.now() > end) throw new Error('What was parked is not handled')
}

/** Every event once in effect at a receiver that is slow, wrong, dead and back, in order per key; forgeries without any. */
export const provePush = async ({ seed, size, say }: ProofOptions, brokers?: string): Promise<Claim[]> => {
  const began = Date.now()
  const random = seededRandom(seed)
  const stand = await openStand(random, brokers)
  try {
    await stand.startReceiver(30)
    const attacks: Attacks = { forged: 0, taken: 0, repeats: 0, refused: 0 }
    let over = false
    let told = 0
    const said = (count: number) => {
      if (count - told < 1000) return
      told = count
      say(`${count} events written`)
    }
    const events = Math.max(200, Math.round(fullEvents * size))
    const options = { gateways: stand.gateways, events, seed, pauseMs: pauseOf(size), said }
    const writing = writeEvents(options).finally(() => {
      over = true
    })
    await stand.operate(['push', 'rotate', subscription], stand.secret)
    await stand.operate(['push', 'retire', subscription])
    const [written, done] = await Promise.all([writing, disturb(stand, random, attacks, () => over)])
    say(
      Object.entries(done)
        .map(([what, count]) => `${count} ${what}`)
        .join(', '),
    )
    await fetch(`${stand.receiverUrl()}/calm`, { method: 'POST' })
    await untilAllTaken(stand)
    await untilTransientOnesAreHandled(stand)
    const noTrace = await repeatInCalm(stand, attacks)
    await stand.killReceiver()
    await letTimePass(stand)
    const { findings, letters } = await audit(stand, written)
    say(
      `${events} events, ${letters} dead letters, ${stand.alarms()} alarms, ${attacks.repeats} repeats, ${attacks.forged} forgeries`,
    )
    const faults = {
      ...findings,
      'forgeries taken': attacks.taken,
      'repeats refused': attacks.refused,
      'repeats with an effect': noTrace ? 0 : 1,
    }
    const wrong = Object.entries(faults).filter(([, count]) => count > 0)
    const value = wrong.map(([what, count]) => `${count} ${what}`).join(', ') || 'nothing wrong'
    const ok = wrong.length === 0 && attacks.forged > 0 && attacks.repeats > 0 && stand.alarms() > 0
    return [{ claim: 'push', value, goal: 'nothing wrong', ok, seed, ms: Date.now() - began }]
  } finally {
    await stand.close()
  }
}
