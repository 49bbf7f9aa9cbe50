import { endWithParent } from '@kontora/embedded-postgres'
import { linesOf } from './lines.ts'
import type { Extent, Round } from './load/rounds.ts'

export type Racer = { run: (extent: Extent) => Promise<Round>; stop: () => Promise<void> }

/** A process that measures one side, a round whenever it is asked. */
export const startRacer = async (script: string, args: Record<string, string | number>): Promise<Racer> => {
  const words = Object.entries(args).flatMap(([name, value]) =>
    name ? [`--${name}`, `${value}`] : [`${value}`],
  )
  const command = [...endWithParent('KILL'), process.execPath, new URL(script, import.meta.url).pathname]
  const child = Bun.spawn([...command, ...words], { stdin: 'pipe', stdout: 'pipe', stderr: 'inherit' })
  const lines = linesOf(child.stdout)
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${script} ended: ${await child.exited}`)
    return JSON.parse(value)
  }
  await next()
  return {
    run: (extent) => {
      child.stdin.write(`${JSON.stringify(extent)}\n`)
      child.stdin.flush()
      return next()
    },
    stop: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}
