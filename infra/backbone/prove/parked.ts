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
/** The longest wait between two attempts, and more than all of them. */
const hourMs = 3_601_000
const attempts = 9
/** Of the retrier. */
const turnMs = 1300

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

type Counts = [effects: number, parked: number, dead: number]
const countsOf = ([effects, parked, dead]: Counts) => ({ effects, parked, dead })

type Course = {
  stand: Stand
  total: number
  perAccount: number
  poison: { account: string; version: number }
}

const drawCourse = (stand: Stand, seed: number, total: number): Course => {
  const random = seededRandom(seed)
  const perAccount = Math.floor(total / accounts)
  const poison = { account: `account-${random.below(accounts)}`, version: 1 + random.below(perAccount - 1) }
  return { stand, total, perAccount, poison }
}

/** Waits until each handler has come to where it should, and keeps what is wrong. */
const createStages = ({ stand, total }: Course, say: (line: string) => void) => {
  const wrong: string[] = []
  return {
    wrong,
    /** `later`: events besides the first ones. */
    reach: async (name: string, blocks: Counts, goesOn: Counts, later = 0): Promise<void> => {
      const well = countsOf([total + later, 0, 0])
      const expected = { blocks: countsOf(blocks), 'goes-on': countsOf(goesOn), well, elsewhere: well }
      const faults = compare(name, await untilFound(stand, expected), expected)
      wrong.push(...faults)
      say(`${name}: ${faults.length === 0 ? 'as it should be' : faults.join('; ')}`)
    },
  }
}

const proveOne = async (course: Course, say: (line: string) => void): Promise<string[]> => {
  const { stand, total, perAccount, poison } = course
  const behind = perAccount - poison.version
  const stopped = total - 1 - behind
  say(`${total} events; ${poison.account} version ${poison.version} is the poison, ${behind} behind it`)
  const service = openPoisoned(stand, poison)
  const { wrong, reach } = createStages(course, say)
  try {
    await fillOutbox(stand.ledger.sql, total, accounts)
    await reach('poisoned', [stopped, 1 + behind, 0], [total - 1, 1, 0])

    for (let attempt = 0; attempt < attempts; attempt++) {
      service.advance(hourMs)
      await Bun.sleep(turnMs)
    }
    await emitOne(stand, poison.account, perAccount + 1)
    await reach('given up', [stopped, 2 + behind, 1], [total, 1, 1], 1)
    wrong.push(...(await lettersOf(stand, poison)))

    service.cure()
    await Bun.sleep(2 * turnMs)
    await reach('cured', [stopped, 2 + behind, 1], [total, 1, 1], 1)
    const { sql } = stand.reader
    const eventId = await poisonOf(stand, poison)
    await replayParked(sql, eventId, service.now(), 'blocks')
    await reach('replayed in one handler', [total + 1, 0, 0], [total, 1, 1], 1)
    await dropParked(sql, eventId, service.now(), 'goes-on')
    await reach('dropped in the other', [total + 1, 0, 0], [total, 0, 0], 1)
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
    const wrong = await proveOne(drawCourse(stand, seed, total), say)
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
