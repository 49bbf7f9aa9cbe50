import type { Replica } from './stand.ts'

export type Question = { what: string; method: string; path: string; token: string }
/** `at` is when it was sent. */
export type Sample = { what: string; replica: Replica; at: number; status: number; retryAfter: string | null }

const everyMs = 200
const patienceMs = 5000

/** Asks every replica all questions again and again, each without waiting for another. */
export const startSampler = (replicas: Replica[], questionsFor: (replica: Replica) => Question[]) => {
  const samples: Sample[] = []
  let running = true

  const ask = async (replica: Replica, { what, method, path, token }: Question): Promise<void> => {
    const at = Date.now()
    const headers = { authorization: `Bearer ${token}` }
    const signal = AbortSignal.timeout(patienceMs)
    const answer = await fetch(`${replica.url}${path}`, { method, headers, signal }).catch(() => undefined)
    await answer?.arrayBuffer().catch(() => {})
    const retryAfter = answer?.headers.get('retry-after') ?? null
    samples.push({ what, replica, at, status: answer?.status ?? 0, retryAfter })
  }
  const keepAsking = async (replica: Replica, what: string): Promise<void> => {
    while (running) {
      const question = questionsFor(replica).find((one) => one.what === what)
      if (question) await ask(replica, question)
      await Bun.sleep(everyMs)
    }
  }
  const loops = replicas.flatMap((replica) =>
    questionsFor(replica).map(({ what }) => keepAsking(replica, what)),
  )
  return {
    samples,
    stop: async (): Promise<void> => {
      running = false
      await Promise.all(loops)
    },
  }
}
