import { dropParked, emit, replayParked } from '@kontora/events'
import { transaction } from '@kontora/postgres'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { fillOutbox, moved } from '../outbox/ledger.ts'
import { type HandlerName, handlers, openPoisoned } from '../outbox/poisoned.ts'
import { type Found, lettersOf, lookAt, poisonOf } from '../outbox/poisoned-audit.ts'
import { openStand, type Stand } from '../outbox/stand.ts'

const events = 10_000
const accounts = 50
const patienceMs = 120_000
const hourMs = 3_601_000

type Expected = Record<HandlerName, { effects: number; parked: number; dead: number }>

/** What each handler did, when it has come to that; else at the end of our patience. */
const untilFound = async (stand: Stand, expected: Expected): Promise<Found[]> => {
  const end = Date.now() + patienceMs
  for (;;) {
    const found = await lookAt(stand)
    const isThere = found.every(({ handler, effects, parked, dead }) => {
      const wanted = expected[handler]
      return effects === wanted.effects && parked === wanted.parked && dead === wanted.dead
    })
    if (isThere || Date.now() > end) return found
    await Bun.sleep(200)
  }
}

/** In words, what is not as it should be. */
const compare = (stage: string, found: Found[], expected: Expected): string[] =>
  found.flatMap(({ handler, effects, parked, dead, doubled, inverted }) => {
    const wanted = expected[handler]
    const faults = [
      effects !== wanted.effects && `${effects} effects, not ${wanted.effects}`,
      parked !== wanted.parked && `${parked} wait, not ${wanted.parked}`,
      dead !== wanted.dead && `${dead} dead, not ${wanted.dead}`,
      doubled > 0 && `${doubled} doubled`,
      inverted > (handler === 'goes-on' ? 1 : 0) && `${inverted} inverted`,
    ]
    return faults.filter((fault) => fault !== false).map((fault) => `${stage}: ${handler}: ${fault}`)
  })

const emitOne = (stand: Stand, account: string, version: number): Promise<void> =>
  transaction(stand.ledger.sql, (tx) =>
    emit(tx, moved, { id: crypto.randomUUID(), subject: account, time: new Date() }, { account, version }),
  )

const proveOne = async (stand: Stand, seed: number, total: number, say: (line: string) => void) => {
  const random = seededRandom(seed)
  const perAccount = Math.floor(total / accounts)
  const poison = { account: `account-${random.below(accounts)}`, version: 1 + random.below(perAccount - 1) }
  const behind = perAccount - poison.version
  say(`${total} events; ${poison.account} version ${poison.version} is the poison, ${behind} behind it`)
  const service = openPoisoned(stand, poison)
  const well = { effects: total, parked: 0, dead: 0 }
  const ill = { blocks: total - 1 - behind, 'goes-on': total - 1 }
  const expect = (blocks: Expected[HandlerName], goesOn: Expected[HandlerName], more = 0): Expected => {
    const rest = { ...well, effects: well.effects + more }
    return { blocks, 'goes-on': goesOn, well: rest, elsewhere: rest }
  }
  const wrong: string[] = []
  const stage = async (name: string, expected: Expected): Promise<void> => {
    const faults = compare(name, await untilFound(stand, expected), expected)
    wrong.push(...faults)
    say(`${name}: ${faults.length === 0 ? 'as it should be' : faults.join('; ')}`)
  }
  try {
    await fillOutbox(stand.ledger.sql, total, accounts)
    await stage(
      'poisoned',
      expect(
        { effects: ill.blocks, parked: 1 + behind, dead: 0 },
        { effects: ill['goes-on'], parked: 1, dead: 0 },
      ),
    )

    for (let turn = 0; turn < 9; turn++) {
      service.advance(hourMs)
      await Bun.sleep(1300)
    }
    await emitOne(stand, poison.account, perAccount + 1)
    await stage(
      'given up',
      expect({ effects: ill.blocks, parked: 2 + behind, dead: 1 }, { effects: total, parked: 1, dead: 1 }, 1),
    )
    wrong.push(...(await lettersOf(stand, poison)))

    service.cure()
    const { sql } = stand.reader
    const eventId = await poisonOf(stand, poison)
    await Bun.sleep(3000)
    await stage(
      'cured',
      expect({ effects: ill.blocks, parked: 2 + behind, dead: 1 }, { effects: total, parked: 1, dead: 1 }, 1),
    )
    await replayParked(sql, eventId, service.now(), 'blocks')
    await stage(
      'replayed in one handler',
      expect({ effects: total + 1, parked: 0, dead: 0 }, { effects: total, parked: 1, dead: 1 }, 1),
    )
    await dropParked(sql, eventId, service.now(), 'goes-on')
    await stage(
      'dropped in the other',
      expect({ effects: total + 1, parked: 0, dead: 0 }, { effects: total, parked: 0, dead: 0 }, 1),
    )
  } finally {
    await service.stop()
  }
  return wrong
}

/**
 * One message of 10 000 that two handlers of a service cannot bear, one under each policy, beside a handler that can and one
 * of another group. Under `block` what comes behind it waits, under `go-on` it passes; after the last attempt a dead
 * letter; a replay after the cure reaches the handler that it names, and nothing is done twice.
 */
export const proveParked: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const total = Math.max(4 * accounts, Math.round((events * size) / accounts) * accounts)
  const stand = await openStand(size < 1 ? 'shared' : 'fast')
  try {
    const wrong = await proveOne(stand, seed, total, say)
    const value =
      wrong.length === 0
        ? `as the policies say, for ${handlers.length} handlers of ${total} events`
        : wrong.join('; ')
    const claim: Claim = {
      claim: 'parked',
      value,
      goal: 'as the policies say',
      ok: wrong.length === 0,
      seed,
      ms: Date.now() - begun,
    }
    return [claim]
  } finally {
    await stand.close()
  }
}
