import { seededRandom } from '../../stack/prove/random.ts'
import type { Order, Probe, Target, Told } from './watch-load.ts'

/** While a person is watched, one request in so many to a replica is of another one. */
const bystanderEach = 5
/** More than so many at a replica wait for no answer: it does not carry the load. */
const mostWaiting = 100

type Watch = {
  tokens: string[]
  replicas: Set<string>
  probes: Probe[]
  last: Map<string, boolean>
  told: string
  /** By replica; his tokens come in turn, for by chance one would now and then not be asked with for long. */
  asked: Map<string, number>
}

const tell = (told: Told): void => void process.send?.(told)
const wallClock = (): number => performance.timeOrigin + performance.now()

/** The load as a process of its own: each replica is asked steadily, whether or not it has answered. */
const createLoad = (targets: Target[], perReplica: number, seed: number) => {
  const random = seededRandom(seed)
  const waiting = new Map<string, number>()
  const tally = { asked: 0, skipped: 0, troubles: [] as string[], took: [] as number[] }
  let bystanders: string[] = []
  let watch: Watch | undefined

  const send = async ({ name, url }: Target, token: string): Promise<{ probe: Omit<Probe, 'token'> }> => {
    const sentAt = wallClock()
    waiting.set(name, (waiting.get(name) ?? 0) + 1)
    const status = await fetch(url, { headers: { authorization: `Bearer ${token}` } }).then(
      async (answer) => {
        await answer.arrayBuffer()
        return answer.status
      },
      () => 0,
    )
    const answeredAt = wallClock()
    waiting.set(name, (waiting.get(name) ?? 1) - 1)
    tally.took.push(answeredAt - sentAt)
    return { probe: { replica: name, sentAt, answeredAt, status } }
  }

  const note = (watched: Watch, probe: Probe): void => {
    watched.probes.push(probe)
    watched.last.set(`${probe.replica} ${probe.token}`, probe.status === 200)
    const all = watched.replicas.size * watched.tokens.length
    const accepted = [...watched.last.values()].filter(Boolean).length
    if (watched !== watch || watched.last.size < all) return
    const now = accepted === all ? 'accepted' : accepted === 0 ? 'refused' : ''
    // Until then his role was on the way to them.
    if (now === 'accepted' && watched.told === '') watched.probes.length = 0
    if (now && now !== watched.told) tell({ told: now })
    watched.told = now || watched.told
  }

  const askWatched = async (watched: Watch, target: Target): Promise<void> => {
    const turn = watched.asked.get(target.name) ?? 0
    watched.asked.set(target.name, turn + 1)
    const token = turn % watched.tokens.length
    const { probe } = await send(target, watched.tokens[token] ?? '')
    note(watched, { ...probe, token })
  }
  const askBystander = async (target: Target): Promise<void> => {
    const { probe } = await send(target, bystanders[random.below(bystanders.length)] ?? '')
    if (probe.status !== 200) tally.troubles.push(`${target.name} ${probe.status}`)
  }

  const ask = (target: Target, turn: number): void => {
    if ((waiting.get(target.name) ?? 0) >= mostWaiting) {
      tally.skipped++
      return
    }
    tally.asked++
    const isWatched = watch?.replicas.has(target.name) && turn % bystanderEach > 0
    void (watch && isWatched ? askWatched(watch, target) : askBystander(target))
  }

  /** One after another in turn, so that no replica has its requests in a heap. */
  const run = async (): Promise<never> => {
    const begun = performance.now()
    for (let sent = 0; ; await Bun.sleep(1)) {
      const due = Math.floor(((performance.now() - begun) / 1000) * perReplica * targets.length)
      for (; sent < due; sent++) {
        const target = targets[sent % targets.length]
        if (target) ask(target, Math.floor(sent / targets.length))
      }
    }
  }

  return {
    run,
    setBystanders: (tokens: string[]) => {
      bystanders = tokens
    },
    watch: (tokens: string[], replicas: string[]) => {
      watch = { tokens, replicas: new Set(replicas), probes: [], last: new Map(), told: '', asked: new Map() }
    },
    /** What is on its way is waited for: it may still be accepted. */
    endWatch: async () => {
      const ended = watch
      watch = undefined
      await Bun.sleep(50)
      tell({ told: 'probes', probes: ended?.probes ?? [] })
    },
    count: () => {
      const took = tally.took.toSorted((a, b) => a - b)
      const at = (share: number) => Number((took[Math.floor(took.length * share)] ?? 0).toFixed(1))
      const { asked, skipped, troubles } = tally
      tell({ told: 'count', asked, skipped, troubles: troubles.slice(0, 1000), p50: at(0.5), p99: at(0.99) })
    },
  }
}

let load: ReturnType<typeof createLoad> | undefined

process.on('message', (order: Order) => {
  if (order.do === 'begin') {
    load = createLoad(order.targets, order.perReplica, order.seed)
    load.setBystanders(order.tokens)
    void load.run()
  }
  if (order.do === 'bystanders') load?.setBystanders(order.tokens)
  if (order.do === 'watch') load?.watch(order.tokens, order.replicas)
  if (order.do === 'end-watch') void load?.endWatch()
  if (order.do === 'count') load?.count()
})
process.on('disconnect', () => process.exit(0))
