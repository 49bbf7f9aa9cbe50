import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArguments, refuse } from './arguments.ts'
import { freeBlock } from './story/free-block.ts'
import { endWithStacks, runStack } from './story/own-stack.ts'

type Figure = {
  figure: string
  value: number
  unit: string
  against: string
  ratio: number
  goal: number
  ok: boolean
}

const help = `bench [name]: figures, measured in one run. There is: start

  start    the local stack from an empty folder, and again from the kept one; five rounds, medians
  --json   one object per line: {"figure","value","unit","against","ratio","goal","ok"}`

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const startOnce = async (folder: string): Promise<number> => {
  const begun = performance.now()
  const stack = await runStack(await freeBlock(), folder)
  const seconds = (performance.now() - begun) / 1000
  await stack.stop()
  return seconds
}

const benchStart = async (rounds: number): Promise<Figure[]> => {
  const firsts: number[] = []
  const agains: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'kontora-bench-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    firsts.push(await startOnce(folder))
    agains.push(await startOnce(folder))
    console.error(
      `round ${round + 1}/${rounds}: ${firsts.at(-1)?.toFixed(1)} s, again ${agains.at(-1)?.toFixed(1)} s`,
    )
  }
  const figure = (name: string, values: number[], goal: number): Figure => {
    const value = Number(median(values).toFixed(2))
    const ratio = Number((value / median(firsts)).toFixed(2))
    return { figure: name, value, unit: 's', against: 'first start', ratio, goal, ok: value <= goal }
  }
  return [figure('first start', firsts, 60), figure('warm start', agains, 5)]
}

const { words, flags } = readArguments({ help, words: 1, flags: ['--json'] })
const [name = 'start'] = words
if (name !== 'start') refuse(`no such figure: ${name}`)
endWithStacks()
const figures = await benchStart(5)
for (const figure of figures)
  console.log(
    flags.has('--json')
      ? JSON.stringify(figure)
      : `${figure.ok ? '✓' : '✗'} ${figure.figure}  ${figure.value} ${figure.unit}  (goal ${figure.goal})  ${figure.ratio} of the ${figure.against}`,
  )
process.exit(figures.every(({ ok }) => ok) ? 0 : 1)
