import type { Committed, Handled } from './readers.ts'
import type { Written } from './writers.ts'

export type InLog = { partition: number; offset: number; key: string | null; value: string | null }

const partsOf = (value: string): { writer: string; key: string; number: number } => {
  const [writer = '', key = '', number = '0'] = value.split(' ')
  return { writer, key, number: Number(number) }
}

const countOf = <Item>(items: Iterable<Item>, isOne: (item: Item) => boolean): number => {
  let count = 0
  for (const item of items) if (isOne(item)) count++
  return count
}

/** What the log holds, against what its writers were told. */
export const judgeLog = (log: InLog[], written: Written) => {
  const times = new Map<string, number>()
  for (const { value } of log) times.set(value ?? '', (times.get(value ?? '') ?? 0) + 1)
  const last = new Map<string, number>()
  let inverted = 0
  for (const { value } of log.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)) {
    const { key, number } = partsOf(value ?? '')
    if (number < (last.get(key) ?? -1)) inverted++
    last.set(key, number)
  }
  return {
    lost: countOf(written, ([value, outcome]) => outcome === 'acknowledged' && !times.has(value)),
    doubled: countOf(times, ([, count]) => count > 1),
    invented: countOf(times, ([value]) => !written.has(value)),
    /** Answered that nothing was written, and lies there all the same. */
    refusedButThere: countOf(written, ([value, outcome]) => outcome === 'refused' && times.has(value)),
    inverted,
  }
}

/** What readers had, against what the log holds: each at least once, and again only from a commit on. */
export const judgeReaders = (log: InLog[], handled: Handled[], committed: Committed[]) => {
  const placeOf = ({ partition, offset }: { partition: number; offset: number }) => `${partition}/${offset}`
  const inLog = new Map(log.map((each) => [placeOf(each), each.value]))
  const had = new Set(handled.map(placeOf))
  const first = new Map<number, number>()
  let inverted = 0
  const seen = new Set<string>()
  let againThoughCommitted = 0
  for (const each of handled) {
    if (seen.has(placeOf(each))) {
      if (committedBefore(committed, each) > each.offset) againThoughCommitted++
      continue
    }
    seen.add(placeOf(each))
    // For the first time, each partition's messages come in their order and without a gap.
    if (each.offset < (first.get(each.partition) ?? 0)) inverted++
    first.set(each.partition, Math.max(first.get(each.partition) ?? 0, each.offset))
  }
  return {
    missed: countOf(inLog.keys(), (place) => !had.has(place)),
    invented: countOf(handled, (each) => inLog.get(placeOf(each)) !== each.value),
    inverted,
    again: handled.length - seen.size,
    againThoughCommitted,
  }
}

/** Where its partition stood when the poll began that brought it. */
const committedBefore = (committed: Committed[], { partition, askedAt }: Handled): number =>
  committed.findLast((each) => each.partition === partition && each.at < askedAt)?.offset ?? 0
