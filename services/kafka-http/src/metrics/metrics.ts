import type { GroupState } from '../log/message-log.ts'
import { lagOf } from '../operate/state-rows.ts'
import { createCounter, createHistogram, samples } from './prometheus.ts'

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]

/** What this process counts of its own. No label holds what a caller made up: routes are patterns, topics exist. */
export const createMetrics = () => {
  const requests = createCounter('kafka_http_requests_total', 'Requests answered.')
  const durations = createHistogram(
    'kafka_http_request_duration_seconds',
    'Time to an answer; of polls, waiting included.',
    seconds,
  )
  const produced = createCounter('kafka_http_messages_produced_total', 'Messages written.')
  const consumed = createCounter('kafka_http_messages_consumed_total', 'Messages handed to callers.')
  const refusals = createCounter(
    'kafka_http_refusals_total',
    'Requests refused for want of a credential, a right or patience.',
  )
  const deleted = createCounter('kafka_http_retention_deleted_total', 'Messages that retention deleted.')
  let waiting = 0
  deleted.add({}, 0)
  return {
    request: (labels: { route: string; method: string; status: number }, ms: number) => {
      requests.add(labels)
      durations.observe({ route: labels.route }, ms / 1000)
    },
    produced: (topic: string, count: number) => produced.add({ topic }, count),
    consumed: (topic: string, count: number) => consumed.add({ topic }, count),
    refused: (reason: string) => refusals.add({ reason }),
    retentionDeleted: (count: number) => deleted.add({}, count),
    whileWaiting: async <Result>(work: Promise<Result>): Promise<Result> => {
      waiting++
      try {
        return await work
      } finally {
        waiting--
      }
    },
    lines: () => [
      ...[requests, durations, produced, consumed, refusals, deleted].flatMap(({ lines }) => lines()),
      ...samples('kafka_http_waiting_polls', 'gauge', 'Polls and fetches that wait just now.', [
        [{}, waiting],
      ]),
    ],
  }
}
export type Metrics = ReturnType<typeof createMetrics>

/** Asked of the log when somebody looks. */
export const groupLines = (groups: GroupState[]): string[] => [
  ...samples(
    'kafka_http_group_instances',
    'gauge',
    'Living instances of a group.',
    groups.map(({ group, instances }) => [{ group }, instances]),
  ),
  ...samples(
    'kafka_http_group_lag',
    'gauge',
    'Messages that a group has yet to get.',
    groups.flatMap(({ group, partitions }) =>
      partitions.map((each): [Record<string, string | number>, number] => [
        { group, topic: each.topic, partition: each.partition },
        lagOf(each),
      ]),
    ),
  ),
]
