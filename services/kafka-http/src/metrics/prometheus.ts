type Labels = Record<string, string | number>

/** Prometheus' text format; a counter is a gauge that only grows, and says so. */
export type Counter = { add: (labels: Labels, by?: number) => void; lines: () => string[] }
export type Histogram = { observe: (labels: Labels, value: number) => void; lines: () => string[] }

const escaped = (text: string | number): string =>
  String(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const labelsText = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

/** Of one metric the names are always the same, so the values tell its series apart. */
const keyOf = (labels: Labels): string => Object.values(labels).join('\0')

export const samples = (
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  values: Iterable<[Labels, number]>,
): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...Array.from(values, ([labels, value]) => `${name}${labelsText(labels)} ${value}`),
]

export const createCounter = (name: string, help: string): Counter => {
  const values = new Map<string, [Labels, number]>()
  return {
    add: (labels, by = 1) => {
      const key = keyOf(labels)
      values.set(key, [labels, (values.get(key)?.[1] ?? 0) + by])
    },
    lines: () => samples(name, 'counter', help, values.values()),
  }
}

type Series = { labels: Labels; counts: number[]; sum: number; count: number }

/** `bounds` ascend; what is above the last is counted by the sum of all alone, `+Inf`. */
export const createHistogram = (name: string, help: string, bounds: readonly number[]): Histogram => {
  const all = new Map<string, Series>()
  const linesOf = ({ labels, counts, sum, count }: Series): string[] => [
    ...bounds.map((le, i) => `${name}_bucket${labelsText({ ...labels, le })} ${counts[i] ?? 0}`),
    `${name}_bucket${labelsText({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${labelsText(labels)} ${sum}`,
    `${name}_count${labelsText(labels)} ${count}`,
  ]
  return {
    observe: (labels, value) => {
      const key = keyOf(labels)
      const series = all.get(key) ?? { labels, counts: bounds.map(() => 0), sum: 0, count: 0 }
      all.set(key, series)
      bounds.forEach((bound, i) => {
        if (value <= bound) series.counts[i] = (series.counts[i] ?? 0) + 1
      })
      series.sum += value
      series.count++
    },
    lines: () => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} histogram`,
      ...[...all.values()].flatMap(linesOf),
    ],
  }
}
