import { join } from 'node:path'
import { endsWithUs } from '../../stack/parts/launch.ts'
import type { Told } from './seeds.ts'

const script = join(import.meta.dir, 'run-seeds.ts')
const processes = 2

/** Several processes, each with a database of its own; `hear` is told of each history when it has ended. */
export const runSideBySide = async (
  { fromSeed, seeds }: { fromSeed: number; seeds: number },
  hear: (told: Told) => void,
): Promise<void> => {
  await Promise.all(
    Array.from({ length: processes }, async (_, n) => {
      const share = [fromSeed + n, processes, fromSeed + seeds].map(String)
      const child = Bun.spawn([...endsWithUs(), process.execPath, script, ...share], {
        stdout: 'pipe',
        stderr: 'inherit',
      })
      let rest = ''
      const decoder = new TextDecoder()
      for await (const chunk of child.stdout) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) hear(JSON.parse(line) as Told)
      }
      if ((await child.exited) !== 0) throw new Error('A process of the simulation broke off')
    }),
  )
}
