import { join } from 'node:path'

const top = join(import.meta.dir, '../../..')

/** A child that ends with us, however we end: the kernel kills it when its parent dies. */
const endsWithUs = (): string[] =>
  process.platform === 'linux' && Bun.which('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : []

export type Said = Record<string, unknown>

/** A process of its own, which takes a word a line and answers with JSON lines. */
export const startChild = (script: string, env: Record<string, string>) => {
  const child = Bun.spawn([...endsWithUs(), process.execPath, join(top, script)], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', TZ: 'UTC', ...env },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const said: Said[] = []
  const waiting = new Set<(line: Said) => void>()
  const follow = async (): Promise<void> => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.filter((text) => text.startsWith('{'))) hear(JSON.parse(line) as Said)
    }
  }
  const hear = (line: Said): void => {
    said.push(line)
    for (const wake of waiting) wake(line)
  }
  void follow()
  return {
    pid: child.pid,
    exited: child.exited,
    tell: (word: string): void => {
      child.stdin.write(`${word}\n`)
      void child.stdin.flush()
    },
    kill: (): void => child.kill('SIGKILL'),
    /** The first line of this event from now on, or that was said before. */
    event: (name: string): Promise<Said> => {
      const known = said.find(({ event }) => event === name)
      if (known) {
        said.splice(said.indexOf(known), 1)
        return Promise.resolve(known)
      }
      return new Promise((resolve, reject) => {
        const wake = (line: Said): void => {
          if (line.event !== name) return
          waiting.delete(wake)
          said.splice(said.indexOf(line), 1)
          resolve(line)
        }
        waiting.add(wake)
        void child.exited.then(() => reject(new Error(`${script} ended before it said ${name}`)))
      })
    },
  }
}

export type Child = ReturnType<typeof startChild>

/** The other side: words from the parent, one a line. */
export const hearWords = async (act: (word: string) => Promise<void>): Promise<void> => {
  for await (const line of console) await act(line.trim())
}

export const say = (event: string, fields: object = {}): void =>
  console.log(JSON.stringify({ event, ...fields }))
