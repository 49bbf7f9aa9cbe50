/** One measured thing, held against another of the same run or, where there is none, against its goal alone. */
export type Figure = {
  figure: string
  value: number
  unit: string
  against: string
  ratio: number
  goal: number
  ok: boolean
}

export type Bench = (say: (line: string) => void) => Promise<Figure[]>

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** `share` 0.99 is the 99th percentile, by the nearest rank. */
export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0

/** A table for people, or with `--json` one object a line. */
export const printFigures = (figures: Figure[], json: boolean): void => {
  const width = Math.max(...figures.map(({ figure }) => figure.length))
  for (const figure of figures) {
    const { ok, value, unit, goal, ratio, against } = figure
    const line = `${ok ? '✓' : '✗'} ${figure.figure.padEnd(width)}  ${value} ${unit}  (goal ${goal})  ${ratio} of ${against}`
    console.log(json ? JSON.stringify(figure) : line)
  }
}
