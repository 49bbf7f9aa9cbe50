type Env = Record<string, string>
export type Running = {
  url: string
  log: () => string
  /** The exit code after SIGTERM. */
  end: () => Promise<number | null>
  kill: () => Promise<void>
}

const patienceMs = 15_000

/** Runs one process until it says that it lives; `port` is where it listens. It is ended by its id. */
export const runService = async (
  command: string[],
  env: Env,
  cwd: string,
  port: number,
): Promise<Running> => {
  const child = Bun.spawn(command, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', TZ: 'UTC', ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let log = ''
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) log += decoder.decode(chunk, { stream: true })
  }
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)])
  const end = async () => {
    child.kill('SIGTERM')
    await child.exited
    return child.exitCode
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await child.exited
  }
  const url = `http://127.0.0.1:${port}`
  const running = { url, log: () => log, end, kill }
  for (const until = Date.now() + patienceMs; Date.now() < until; await Bun.sleep(25)) {
    if (child.exitCode !== null || child.signalCode !== null) break
    const answer = await fetch(`${url}/health/live`).catch(() => undefined)
    if (answer?.ok) return running
  }
  await kill()
  await followed
  throw new Error(`It did not start: ${command.join(' ')}\n${log}`)
}
