import { fileURLToPath } from 'node:url'

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** A command of the CLI, as operators run it. */
export const runCli = async (args: string[], env: Record<string, string>, input = '') => {
  const child = Bun.spawn([process.execPath, fileOf('./cli.ts'), ...args], {
    env,
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, error, code }
}

/** The service as a process of its own, so that it can be killed. */
export const runServer = async (env: Record<string, string>) => {
  const child = Bun.spawn([process.execPath, fileOf('./server.ts')], {
    env: { PORT: '0', ...env },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const lines: string[] = []
  const { promise, resolve } = Promise.withResolvers<number>()
  const listen = async () => {
    const decoder = new TextDecoder()
    for await (const chunk of child.stdout) {
      lines.push(...decoder.decode(chunk, { stream: true }).split('\n').filter(Boolean))
      const port = lines.map((line) => /"event":"listening","port":(\d+)/.exec(line)?.[1]).find(Boolean)
      if (port) resolve(Number(port))
    }
  }
  void listen()
  const port = await promise
  return { url: `http://127.0.0.1:${port}`, child, lines, stop: async () => void child.kill(9) }
}
