import type { PartName } from '../ports.ts'
import type { Launched } from './launch.ts'

export type PartState = 'starting' | 'up' | 'down'

export type PartSpec = {
  name: PartName
  url: string
  openapi?: string
  logs: string
  launch: (said: (line: Record<string, unknown>) => void) => Promise<Launched>
  /** `wholly`: also what it hears from others has arrived; asked for at the first start. */
  isReady: (wholly: boolean) => Promise<boolean>
  /** What a polite end is for it, and how long it may take before -9. */
  ends: { signal: NodeJS.Signals; withinMs: number }
}

export type PartStatus = {
  name: string
  url: string
  pid: number | null
  state: PartState
  openapi?: string
  version: string
  startedAt: string | null
  restarts: number
  lastExit: string | null
  logs: string
  why?: string
}

const mostDeaths = 5
const minute = 60_000
const patienceMs = 15_000

/** Keeps one part running: a death is followed by a start, five deaths in a minute by an explanation. */
export const createPart = (spec: PartSpec, version: string, tell: (message: string) => void) => {
  let state: PartState = 'starting'
  let running: Launched | undefined
  let startedAt: Date | undefined
  let deaths: number[] = []
  let restarts = 0
  let lastExit: string | undefined
  let why: string | undefined
  let stopping = false
  const waiting = new Set<() => void>()
  const leftDown = Promise.withResolvers<string>()

  const enter = (next: PartState) => {
    state = next
    if (next === 'starting') return
    if (next === 'down') leftDown.resolve(why ?? 'it was left down')
    for (const wake of waiting) wake()
    waiting.clear()
  }

  /** The part itself says that it goes down, before it stops listening: whoever sends it requests holds them from now on. */
  const said = (line: Record<string, unknown>) => {
    if (line.event === 'draining') enter('starting')
  }

  const watch = async (launched: Launched): Promise<void> => {
    const patient = restarts === 0 ? Date.now() + patienceMs : 0
    while (running === launched && state === 'starting') {
      if (await spec.isReady(Date.now() < patient).catch(() => false)) {
        if (running === launched) enter('up')
        return
      }
      await Bun.sleep(25)
    }
  }

  const run = async (): Promise<void> => {
    if (stopping) return
    enter('starting')
    const launched = await spec.launch(said)
    if (stopping) launched.signal('SIGKILL')
    running = launched
    startedAt = new Date()
    void watch(launched)
    void launched.exited.then((how) => died(launched, how))
  }

  const died = async (launched: Launched, how: string): Promise<void> => {
    if (running !== launched) return
    running = undefined
    lastExit = how
    if (stopping) return
    enter('starting')
    const now = Date.now()
    deaths = [...deaths.filter((time) => now - time < minute), now]
    if (deaths.length >= mostDeaths) {
      why = `died ${deaths.length} times in a minute, last by ${how}; see ${spec.logs}`
      enter('down')
      return tell(`${spec.name} is left down: it ${why}`)
    }
    restarts++
    tell(`${spec.name} died (${how}) and is started again`)
    await again()
  }

  const again = async (): Promise<void> => {
    try {
      await run()
    } catch (error) {
      if (stopping) return
      why = error instanceof Error ? error.message : String(error)
      tell(`${spec.name} does not start: ${why}`)
      enter('down')
    }
  }

  return {
    name: spec.name,
    url: spec.url,
    start: run,
    status: (): PartStatus => ({
      name: spec.name,
      url: spec.url,
      pid: running?.pid ?? null,
      state,
      ...(spec.openapi && { openapi: spec.openapi }),
      version,
      startedAt: startedAt?.toISOString() ?? null,
      restarts,
      lastExit: lastExit ?? null,
      logs: spec.logs,
      ...(why && { why }),
    }),
    /** Why it was left down; never, as long as it is not. */
    leftDown: leftDown.promise,
    /** True as soon as it is up; false when it is left down or the time is over. */
    untilUp: async (ms: number): Promise<boolean> => {
      if (state !== 'starting') return state === 'up'
      await Promise.race([new Promise<void>((resolve) => waiting.add(resolve)), Bun.sleep(ms)])
      return (state as PartState) === 'up'
    },
    stop: async (): Promise<void> => {
      stopping = true
      const launched = running
      if (!launched) return
      launched.signal(spec.ends.signal)
      const ended = await Promise.race([launched.exited.then(() => true), Bun.sleep(spec.ends.withinMs)])
      if (ended) return
      launched.signal('SIGKILL')
      await launched.exited
    },
  }
}

export type Part = ReturnType<typeof createPart>
