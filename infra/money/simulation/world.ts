import type { Pool } from '@kontora/postgres'
import { createHealth, type Log } from '@kontora/service'
import { uuidv7 } from '@kontora/validation'
import type { Acquirers } from '../../../services/payment/src/acquirer/acquirer.ts'
import { openDoor } from '../../../services/payment/src/acquirer/guarded-calls.ts'
import { chooseAcquirers } from '../../../services/payment/src/acquirer/open-acquirers.ts'
import { defaultFormat } from '../../../services/payment/src/registries/registry-format.ts'
import type { Resources } from '../../../services/payment/src/resources.ts'
import { rbsAcquirer } from '../../../services/payment/src/vtb/acquirer.ts'
import { callbackCheck } from '../../../services/payment/src/vtb/checksum.ts'
import { createVtb } from '../../../services/payment/src/vtb/client.ts'
import { access, callbackKey, openBank, type SimulatedBank } from './bank.ts'
import { chanceOf, type SeededChance } from './chance.ts'
import { createFates } from './fates.ts'
import { faults } from './faults/index.ts'
import type { AskStep } from './gated-sql.ts'
import { createProcesses, type Serve } from './processes.ts'
import { type Answered, createRequests, type Request } from './requests.ts'
import { ConnectionCut, createSchedule, type Party } from './schedule.ts'
import type { Sessions } from './sessions.ts'
import type { Verbs } from './verbs.ts'
import { createWire, type Wire } from './wire.ts'

export type Script = (party: Party) => Promise<void>

/** What those who act see of it. */
export type World = {
  clock: { ms: number }
  verbs: Verbs
  bank: SimulatedBank
  wire: Wire
  /** Reads what is committed, between the steps. */
  peek: Pool
  isVerified: boolean
  newId: () => string
  spawn: (name: string, afterMs: number, script: Script) => void
  serve: Serve
  request: (party: Party, request: Request) => Promise<Answered | undefined>
  /** A step outside of the service, at the bank say. */
  act: <Value>(party: Party, label: string, run: () => Promise<Value>) => Promise<Value>
  sleep: (party: Party, ms: number) => Promise<void>
  /** Nothing lies and nothing breaks from now on. */
  becomeCalm: () => void
  isCalm: () => boolean
  /** How many that are no replicas are still at it. */
  people: () => number
  /** A promise of the service was broken. */
  broken: (what: string) => void
}

export type WorldOptions = {
  seed: number
  verbs: Verbs
  /** Names of faults, and of `crashes`, that do not happen. */
  without: ReadonlySet<string>
  sessions: Sessions
  peek: Pool
  record: (line: string) => void
  broken: (what: string) => void
}

const dayMs = 86_400_000

/** A row that broke on anything but a cut connection broke on a bug. */
const logTo = (record: (line: string) => void, broken: (what: string) => void): Log => {
  const alarming = ['due-row-failed', 'callback-not-stored', 'order-unknown-to-bank', 'job-failed']
  const put = (event: string, fields: object = {}, error?: unknown) => {
    record(`log ${event} ${JSON.stringify(fields)}`)
    const isCut = error instanceof ConnectionCut
    if (alarming.includes(event) && !isCut) broken(`${event}: ${String(error)}`)
  }
  return { info: () => {}, warn: put, error: put }
}

const unused = (): never => {
  throw new Error('The simulation does not call this')
}

export const openWorld = ({ seed, verbs, without, sessions, peek, record, broken }: WorldOptions) => {
  const chance = (name: string): SeededChance => chanceOf(seed, name)
  const clock = { ms: Date.parse('2026-01-01T00:00:00Z') + chance('day').below(366 * dayMs) }
  const now = () => new Date(clock.ms)
  const ids = chance('ids')
  const isVerified = chance('refund-id').happens(400)
  let calm = false
  const fates = createFates(chance('fates'), () => calm, without)
  const wire = createWire(() => world, chance('wire'))
  const bank = openBank({
    chance: chance('bank'),
    now,
    receive: wire.receive,
    faultOf: fates.faultOf(faults),
    tookMs: fates.tookMs,
  })
  const schedule = createSchedule({
    chance: chance('schedule'),
    clock,
    record,
    fateOf: fates.fateOf,
    stallMs: fates.stallMs,
    nextOutside: bank.nextAt,
    passTime: bank.tick,
  })
  const isSigned = callbackCheck('hmac', callbackKey)
  const acquirersOf = (ask: AskStep): Acquirers => {
    const door = openDoor({ send: bank.line(ask, clock), now })
    const addresses = { returnUrl: 'http://payment.test/back', callbackUrl: 'http://payment.test/callback' }
    const vtb = createVtb({ ...access, ...addresses, door })
    return chooseAcquirers('rbs', [rbsAcquirer(vtb, isVerified ? 'verified' : 'unverified')])
  }
  const log = logTo(record, broken)
  const resourcesOf = (sql: Pool, ask: AskStep): Resources => ({
    now,
    newId: () => uuidv7(now(), ids.bytes(10)),
    random: ids.bytes,
    sql,
    log,
    health: createHealth(),
    access: unused as never,
    verifyToken: unused as never,
    pages: undefined,
    acquirers: acquirersOf(ask),
    callbackChecks: { isSigned, openapiSecret: undefined },
    accounting: unused as never,
    findPayers: unused as never,
    registryFormat: defaultFormat,
    oneCConcurrency: 1,
    reminderDays: [],
    readRequisites: unused,
    linkTokens: unused as never,
    fiscal: undefined,
    pollFastMs: 5000,
  })

  let people = 0
  const world: World = {
    clock,
    verbs,
    bank,
    wire,
    peek,
    isVerified,
    newId: () => uuidv7(now(), ids.bytes(10)),
    spawn: (name, afterMs, script) => {
      people++
      const counted: Script = async (party) => {
        try {
          await script(party)
        } finally {
          people--
        }
      }
      schedule.start(name, clock.ms + afterMs, counted, (error) => broken(`${name}: ${String(error)}`))
    },
    serve: createProcesses({ schedule, sessions, resourcesOf }),
    request: (party, request) => requests(party, request),
    act: (party, label, run) => schedule.ask(party, { label, run }),
    sleep: (party, ms) => schedule.ask(party, { label: 'wakes', readyAt: clock.ms + ms }),
    becomeCalm: () => {
      calm = true
    },
    isCalm: () => calm,
    people: () => people,
    broken,
  }
  const requests = createRequests(() => world, chance('requests'))
  return {
    world,
    chance,
    run: schedule.run,
    /** One who is no person: histories end without him. */
    start: (name: string, script: Script): void =>
      void schedule.start(name, clock.ms, script, (error) => broken(`${name}: ${String(error)}`)),
    close: () => bank.close(),
  }
}
