import { join } from 'node:path'

export type Target = { name: string; url: string }
/** Times are milliseconds of the wall clock, which all processes of a machine share. `token` is its place in the list. */
export type Probe = { replica: string; token: number; sentAt: number; answeredAt: number; status: number }
export type Count = { asked: number; skipped: number; troubles: string[]; p50: number; p99: number }

export type Order =
  | { do: 'begin'; targets: Target[]; perReplica: number; seed: number; tokens: string[] }
  | { do: 'bystanders'; tokens: string[] }
  | { do: 'watch'; tokens: string[]; replicas: string[] }
  | { do: 'end-watch' }
  | { do: 'count' }
export type Told =
  | { told: 'accepted' }
  | { told: 'refused' }
  | { told: 'probes'; probes: Probe[] }
  | ({ told: 'count' } & Count)

type Kind = Told['told']

const patienceMs = 30_000

/** The process that asks all replicas, and what it tells. */
export const startLoad = (begin: Omit<Extract<Order, { do: 'begin' }>, 'do'>) => {
  const heard: Told[] = []
  const waiting = new Set<() => void>()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'load.ts')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: (told: Told) => {
      heard.push(told)
      for (const wake of waiting) wake()
    },
  })
  const order = (what: Order): void => child.send(what)

  const next = async <Wanted extends Kind>(wanted: Wanted): Promise<Extract<Told, { told: Wanted }>> => {
    for (const end = Date.now() + patienceMs; ; ) {
      const at = heard.findIndex(({ told }) => told === wanted)
      if (at >= 0) return heard.splice(at, 1)[0] as Extract<Told, { told: Wanted }>
      if (Date.now() > end) throw new Error(`The load does not tell what is ${wanted}`)
      const woken = Promise.withResolvers<void>()
      waiting.add(woken.resolve)
      await Promise.race([woken.promise, Bun.sleep(1000)])
      waiting.delete(woken.resolve)
    }
  }

  order({ do: 'begin', ...begin })
  return {
    setBystanders: (tokens: string[]) => order({ do: 'bystanders', tokens }),
    /** Resolves as soon as every one of these replicas lets them in. */
    watch: async (tokens: string[], replicas: string[]): Promise<void> => {
      heard.length = 0
      order({ do: 'watch', tokens, replicas })
      await next('accepted')
    },
    untilRefused: () => next('refused'),
    endWatch: async (): Promise<Probe[]> => {
      order({ do: 'end-watch' })
      return (await next('probes')).probes
    },
    count: async (): Promise<Count> => {
      order({ do: 'count' })
      return next('count')
    },
    stop: async (): Promise<void> => {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}
export type Load = ReturnType<typeof startLoad>
