import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeBlock } from '../story/free-block.ts'
import { runStack } from '../story/own-stack.ts'
import { type Figure, median } from './figure.ts'

const startOnce = async (folder: string): Promise<number> => {
  const begun = performance.now()
  const stack = await runStack(await freeBlock(), folder)
  const seconds = (performance.now() - begun) / 1000
  await stack.stop()
  return seconds
}

const rounds = 5

/** The local stack from an empty folder, and again from the kept one. */
export const benchStart = async (say: (line: string) => void): Promise<Figure[]> => {
  const firsts: number[] = []
  const agains: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'kontora-bench-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    firsts.push(await startOnce(folder))
    agains.push(await startOnce(folder))
    say(`round ${round + 1}/${rounds}: ${firsts.at(-1)?.toFixed(1)} s, again ${agains.at(-1)?.toFixed(1)} s`)
  }
  const figure = (name: string, values: number[], goal: number): Figure => {
    const value = Number(median(values).toFixed(2))
    const ratio = Number((value / median(firsts)).toFixed(2))
    return { figure: name, value, unit: 's', against: 'the first start', ratio, goal, ok: value <= goal }
  }
  return [figure('first start', firsts, 60), figure('warm start', agains, 5)]
}
