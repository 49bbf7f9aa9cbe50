import { percentile } from '../../stack/bench/figure.ts'
import type { Probe } from './watch-load.ts'

/** Until this replica refused for good: the answer to the first request that was sent after the last one it let in. */
const untilRefusal = (probes: Probe[], ackedAt: number): number => {
  const lastAccepted = Math.max(
    ...probes.filter(({ status }) => status === 200).map(({ sentAt }) => sentAt),
    Number.NEGATIVE_INFINITY,
  )
  const refusals = probes.filter(({ status, sentAt }) => status !== 200 && sentAt > lastAccepted)
  return Math.max(0, Math.min(...refusals.map(({ answeredAt }) => answeredAt)) - ackedAt)
}

/** Milliseconds from the acknowledgement to the moment from which each replica refuses every token of his. */
export const refusalsOf = (probes: Probe[], ackedAt: number): Map<string, number> =>
  new Map(
    [...Map.groupBy(probes, ({ replica }) => replica)].map(([replica, of]) => {
      const byToken = Map.groupBy(of, ({ token }) => token).values()
      return [replica, Math.max(...[...byToken].map((one) => untilRefusal(one, ackedAt)))]
    }),
  )

export const quantile = (values: number[], share: number): number => Math.round(percentile(values, share))
