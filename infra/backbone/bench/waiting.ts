import type { Figure } from '../../stack/bench/figure.ts'
import type { Gateway } from './gateway.ts'
import { partitions, withKafka } from './kafka-bench.ts'
import { startRacer } from './racer.ts'
import { cpuSeconds, residentMegabytes } from './usage.ts'

const instances = 1000
const watchedMs = 20_000
const all = Math.ceil(instances / 6) * partitions

const figure = (name: string, unit: string, value: number, goal: number): Figure => ({
  figure: name,
  value: Number(value.toFixed(1)),
  unit,
  against: 'the goal',
  ratio: Number((value / goal).toFixed(2)),
  goal,
  ok: value < goal,
})

type Group = { instances: { topics: { partitions: number[] }[] }[] }

/** Partitions that instances hold by now: six of every group, when all have joined. */
const heldPartitions = async ({ url }: Gateway): Promise<number> => {
  const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`
  const answer = await fetch(`${url.origin}/consumers`, { headers: { authorization } })
  const groups = (await answer.json()) as Group[]
  const held = ({ instances }: Group) =>
    instances.flatMap(({ topics }) => topics.flatMap(({ partitions }) => partitions))
  return groups.reduce((sum, group) => sum + new Set(held(group)).size, 0)
}

/** Share of a core over this time, in per cent. */
const cpuPercent = async (pid: number, ms: number): Promise<number> => {
  const before = cpuSeconds(pid)
  const begun = performance.now()
  await Bun.sleep(ms)
  return ((cpuSeconds(pid) - before) / (performance.now() - begun)) * 100_000
}

/** 1 000 instances, six to a group, wait in long polls of 30 s; looked at when all have joined and the gateway is calm. */
export const benchWaiting = withKafka(async ({ gateway, createTopic, say }) => {
  await createTopic('full')
  say(`alone: ${residentMegabytes(gateway.pid).toFixed(0)} MB`)
  const url = gateway.url.href
  const waiting = await startRacer('./load.ts', { '': 'wait', url, topic: 'full', connections: instances })
  const round = waiting.run({ ms: 600_000 })
  // Should one of the calls fail, the process ends, and so do we.
  const failed = round.then(() => Promise.reject(new Error('The waiting ended')))
  const watch = async (): Promise<Figure[]> => {
    for (let held = 0, percent = 100, looks = 0; held < all || percent > 25; looks++) {
      if (looks === 60)
        throw new Error(`Only ${held} of ${all} partitions are held, or the gateway finds no rest`)
      percent = await cpuPercent(gateway.pid, 2000)
      held = await heldPartitions(gateway)
      const megabytes = residentMegabytes(gateway.pid).toFixed(0)
      say(`settling: ${held} of ${all} partitions held, ${percent.toFixed(0)} % of a core, ${megabytes} MB`)
    }
    const percent = await cpuPercent(gateway.pid, watchedMs)
    const megabytes = residentMegabytes(gateway.pid)
    return [
      figure('waiting-1000-rss', 'MB', megabytes, 150),
      figure('waiting-1000-cpu', '% of a core', percent, 20),
    ]
  }
  try {
    return await Promise.race([watch(), failed])
  } finally {
    await waiting.stop()
  }
})
