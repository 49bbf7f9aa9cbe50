import type { SeededChance } from './chance.ts'

/** One who acts: a person, a replica of the service, a callback on its way. Between two of his steps he runs alone. */
export type Party = { name: string; ended: boolean; asked: number; pending: number }

/** What dies as one, with the connections that it holds. */
export type Life = { name: string; kill: () => Promise<void>; crashed: () => void }

export type Ask = {
  label: string
  /** In virtual milliseconds; at once, unless it is said. */
  readyAt?: number
  run?: () => Promise<unknown>
  life?: Life | undefined
  /** Whether what runs waits for somebody else's step. */
  isBlocked?: (() => Promise<boolean>) | undefined
  /** Cuts the connection that it uses. */
  cut?: (() => Promise<void>) | undefined
}
export type Fate = 'goes' | 'stalls' | 'crashes-before' | 'crashes-after' | 'cut-before' | 'cut-after'

type Outcome = { value: unknown } | { error: unknown }
type Step = Ask & {
  party: Party
  readyAt: number
  state: 'waiting' | 'running' | 'answered'
  isFated: boolean
  running?: Promise<void>
  outcome?: Outcome
  tell: (outcome: Outcome) => void
}

type Options = {
  chance: SeededChance
  clock: { ms: number }
  record: (line: string) => void
  fateOf: (ask: Ask) => Fate
  /** How long the next step stalls. */
  stallMs: () => number
  /** When something happens outside by itself, or never. */
  nextOutside: () => number | undefined
  /** The clock has moved. */
  passTime: () => Promise<void>
}

export class ConnectionCut extends Error {
  readonly code = 'CONNECTION_CLOSED'
}

const mostSteps = 100_000

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * Owns the sequence: nobody does anything but by a step, each step is granted by the seed, and nobody else moves until the
 * one who was granted has asked for his next step or has ended. So one seed is one history.
 */
export const createSchedule = (options: Options) => {
  const { chance, clock, record } = options
  const steps: Step[] = []

  const ask = <Value>(party: Party, what: Ask & { run?: () => Promise<Value> }): Promise<Value> =>
    new Promise((resolve, reject) => {
      party.asked++
      party.pending++
      const tell = (outcome: Outcome) =>
        'error' in outcome ? reject(outcome.error) : resolve(outcome.value as Value)
      steps.push({ readyAt: clock.ms, ...what, party, state: 'waiting', isFated: false, tell })
    })

  const remove = (step: Step): void => {
    steps.splice(steps.indexOf(step), 1)
    step.party.pending--
  }

  const note = ({ party, life, label }: Step, what: string): void =>
    record(`${clock.ms} ${party.name}${life ? ` ${life.name}` : ''}: ${label} → ${what}`)

  /** Until he has asked for his next step or ended. Who has others waiting may have ended one of his threads. */
  const untilQuiet = async (party: Party, askedBefore: number): Promise<void> => {
    await turn()
    if (party.pending > 0 && party.asked === askedBefore) await turn()
    while (!party.ended && party.pending === 0 && party.asked === askedBefore) await turn()
  }

  /** Told what came of it, he goes on alone. */
  const deliver = async (step: Step, outcome: Outcome): Promise<void> => {
    note(step, 'error' in outcome ? `fault ${codeOf(outcome.error)}` : describe(outcome.value))
    remove(step)
    const { asked } = step.party
    step.tell(outcome)
    await untilQuiet(step.party, asked)
  }

  const crash = async (life: Life): Promise<void> => {
    const dying = steps.filter((step) => step.life === life)
    for (const step of dying) remove(step)
    await life.kill()
    await lookAgain()
    const [first] = dying
    if (!first) return
    note(first, 'the process died')
    const { asked } = first.party
    life.crashed()
    await untilQuiet(first.party, asked)
  }

  /** False: it waits for a lock. As nobody else moves, nothing but a later step can change that. */
  const settles = async (step: Step): Promise<boolean> => {
    while (!step.outcome) {
      await Promise.race([step.running, Bun.sleep(2)])
      if (!step.outcome && (await step.isBlocked?.())) return false
    }
    return true
  }

  /** A lock may have been let go: whoever waited for it goes on by himself, and perhaps the next one after him. */
  const lookAgain = async (): Promise<void> => {
    for (let again = true; again; ) {
      again = false
      for (const step of steps)
        if (step.state === 'running' && (await settles(step))) {
          step.state = 'answered'
          again = true
        }
    }
  }

  const begin = (step: Step): void => {
    step.state = 'running'
    const end = (outcome: Outcome) => {
      step.outcome = outcome
    }
    step.running = (step.run?.() ?? Promise.resolve()).then(
      (value) => end({ value }),
      (error: unknown) => end({ error }),
    )
  }

  const cut = async (step: Step): Promise<void> => {
    await step.cut?.()
    await lookAgain()
    await deliver(step, { error: new ConnectionCut('The connection was cut') })
  }

  const perform = async (step: Step): Promise<void> => {
    if (step.outcome) return deliver(step, step.outcome)
    const fate = step.isFated ? 'goes' : options.fateOf(step)
    step.isFated = true
    if (fate === 'stalls') {
      step.readyAt = clock.ms + options.stallMs()
      return note(step, 'stalls')
    }
    if (fate === 'crashes-before' && step.life) return crash(step.life)
    if (fate === 'cut-before') return cut(step)
    begin(step)
    const settled = await settles(step)
    if (fate === 'crashes-after' && step.life) return crash(step.life)
    if (!settled || !step.outcome) return note(step, 'waits for a lock')
    if (fate === 'cut-after') return cut(step)
    step.state = 'answered'
    await lookAgain()
    await deliver(step, step.outcome)
  }

  const moveClock = async (): Promise<void> => {
    const times = steps.filter(({ state }) => state === 'waiting').map(({ readyAt }) => readyAt)
    if (times.length === 0) throw new Error('Everybody waits for a lock that nobody lets go')
    const next = Math.min(...times)
    const outside = options.nextOutside()
    clock.ms = Math.max(clock.ms, outside === undefined ? next : Math.min(next, outside))
    await options.passTime()
  }

  return {
    ask,
    /** His script runs until it ends; what breaks in it is told by `failed`. */
    start: (
      name: string,
      readyAt: number,
      script: (party: Party) => Promise<void>,
      failed: (error: unknown) => void,
    ) => {
      const party: Party = { name, ended: false, asked: 0, pending: 0 }
      void ask(party, { label: 'begins', readyAt })
        .then(() => script(party))
        .catch(failed)
        .finally(() => {
          party.ended = true
        })
      return party
    },
    /** Until nobody has anything to do. */
    run: async (): Promise<void> => {
      for (let n = 0; steps.length > 0; n++) {
        if (n > mostSteps) throw new Error('The history does not end')
        const ready = steps.filter(({ state, readyAt }) => state !== 'running' && readyAt <= clock.ms)
        if (ready.length === 0) await moveClock()
        else await perform(chance.pick(ready))
      }
    },
  }
}
export type Schedule = ReturnType<typeof createSchedule>

const codeOf = (error: unknown): string =>
  error instanceof Error ? String((error as { code?: unknown }).code ?? error.message) : String(error)

const describe = (value: unknown): string =>
  Array.isArray(value) ? `${value.length} rows` : typeof value === 'string' ? value : 'done'
