import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A process of the stack. `said` hears each JSON line that it prints. */
export type Launched = { pid: number; exited: Promise<string>; signal: (name: NodeJS.Signals) => void }

export type Command = {
  script: string
  args?: string[]
  env: Record<string, string>
  logFile: string
  said?: (line: Record<string, unknown>) => void
}

const mostLogBytes = 20 * 1024 * 1024

const rotate = (path: string): void => {
  try {
    if (statSync(path).size > mostLogBytes) renameSync(path, `${path}.1`)
  } catch {
    // No log yet.
  }
}

/** A full disk must not stop what still works; the part itself tells of it. A folder that somebody deleted is made again. */
const append = (path: string, text: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true })
    appendFileSync(path, text)
  } catch {}
}

const parsed = (line: string): Record<string, unknown> => {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return {}
  }
}

const follow = async (stream: ReadableStream<Uint8Array>, command: Command): Promise<void> => {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true })
    append(command.logFile, text)
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) command.said?.(parsed(line))
  }
}

/** A child that ends with us, however we end: the kernel kills it when its parent dies. */
export const endsWithUs = (): string[] =>
  process.platform === 'linux' && Bun.which('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : []

/** In a process group of its own, so that Ctrl-C reaches the starter alone and things end in order. */
export const launch = (command: Command): Launched => {
  rotate(command.logFile)
  const child = Bun.spawn([...endsWithUs(), process.execPath, command.script, ...(command.args ?? [])], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', TZ: 'UTC', ...command.env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    detached: true,
  })
  const followed = Promise.all([follow(child.stdout, command), follow(child.stderr, command)])
  const exited = child.exited.then(async (code) => {
    await Promise.race([followed, Bun.sleep(200)])
    return String(child.signalCode ?? `exit code ${code}`)
  })
  return { pid: child.pid, exited, signal: (name) => child.kill(name) }
}
