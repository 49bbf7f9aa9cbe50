import { join } from 'node:path'

const top = join(import.meta.dir, '../../..')

export type Child = { port: number; pid: number; kill: (signal?: NodeJS.Signals) => Promise<void> }

/** One of our processes, up once it says where it listens. */
export const startChild = async (
  script: string,
  env: Record<string, string>,
  heard: (line: string) => void = () => {},
): Promise<Child> => {
  const child = Bun.spawn([process.execPath, '--no-orphans', '--no-env-file', join(top, script)], {
    cwd: top,
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const listening = Promise.withResolvers<number>()
  const listen = async () => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of child.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const port = /"event":"listening","port":(\d+)/.exec(line)?.[1]
        if (port) listening.resolve(Number(port))
        heard(line)
      }
    }
    listening.reject(new Error(`${script} ended before it listened`))
  }
  void listen()
  const port = await listening.promise
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal)
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await child.exited
  }
  return { port, pid: child.pid, kill }
}
