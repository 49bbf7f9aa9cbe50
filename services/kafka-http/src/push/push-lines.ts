import { samples } from '../metrics/prometheus.ts'
import type { PushLine } from './operate-push.ts'

/** An alarm hangs on these: a paused subscription posts nothing until an operator resumes it, one that none serves neither. */
export const pushLines = (pushes: PushLine[]): string[] => {
  const each = (name: string, help: string, gauge: (push: PushLine) => number) =>
    samples(
      `kafka_http_push_${name}`,
      'gauge',
      help,
      pushes.map((push): [Record<string, string>, number] => [{ subscription: push.name }, gauge(push)]),
    )
  return [
    ...each(
      'failures',
      'Posts of a push subscription in a row that were not taken.',
      (push) => push.failures,
    ),
    ...each('paused', 'Whether a push subscription is paused.', ({ state }) => Number(state === 'paused')),
    ...each('served', 'Whether a living gateway serves a push subscription.', ({ served }) => Number(served)),
  ]
}
