import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PartStatus } from '../parts/part.ts'
import { freeBlock, isFree } from '../story/free-block.ts'
import type { Claim } from './claim.ts'

const top = join(import.meta.dir, '../../..')
const start = join(import.meta.dir, '../start.ts')
const mostMs = 3000

type Running = { child: Bun.Subprocess; port: number }
type Way = { name: string; command: string[]; end: (running: Running) => Promise<void> | void }

const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

const isThere = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    return false
  }
}

/** The process and all below it. */
const treeOf = (root: number): number[] => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const tree = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const pid of all)
      if (!tree.has(pid) && tree.has(parentOf(pid))) {
        tree.add(pid)
        grown = true
      }
  }
  return [...tree]
}

const parts = async (port: number): Promise<PartStatus[]> => {
  const answer = await fetch(`http://127.0.0.1:${port}/_stack`).catch(() => undefined)
  return answer?.ok ? ((await answer.json()) as { parts: PartStatus[] }).parts : []
}

const starterOf = (child: Bun.Subprocess): number =>
  treeOf(child.pid).find((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words.some((word) => word.endsWith('infra/stack/start.ts')) && !words[0]?.endsWith('script')
    } catch {
      return false
    }
  }) ?? child.pid

const bun = ['bun', 'start']

/** Ctrl-C of a terminal goes to its whole foreground group; each command runs in a group of its own here. */
const toGroup =
  (signal: NodeJS.Signals) =>
  ({ child }: Running) =>
    void process.kill(-child.pid, signal)
const toProcess =
  (signal: NodeJS.Signals) =>
  ({ child }: Running) =>
    void child.kill(signal)

const killPart = async (name: string, port: number): Promise<void> => {
  const part = (await parts(port)).find((one) => one.name === name)
  if (part?.pid) process.kill(part.pid, 'SIGKILL')
}

const ways: Way[] = [
  { name: 'Ctrl-C', command: bun, end: toGroup('SIGINT') },
  { name: 'SIGTERM to npm start', command: ['npm', 'start'], end: toProcess('SIGTERM') },
  { name: 'SIGTERM to bun start', command: bun, end: toProcess('SIGTERM') },
  {
    name: '-9 to the starter',
    command: bun,
    end: ({ child }) => void process.kill(starterOf(child), 'SIGKILL'),
  },
  {
    name: 'a closed terminal',
    command: ['script', '-qfec', `${process.execPath} ${start}`, '/dev/null'],
    end: toProcess('SIGKILL'),
  },
  {
    name: '-9 to a part, then Ctrl-C',
    command: bun,
    end: async ({ child, port }) => {
      await killPart('postgres', port)
      process.kill(-child.pid, 'SIGINT')
    },
  },
]

const untilUp = async (running: Running): Promise<boolean> => {
  for (
    const end = Date.now() + 60_000;
    Date.now() < end && running.child.exitCode === null;
    await Bun.sleep(50)
  ) {
    const all = await parts(running.port)
    if (all.length > 10 && all.every(({ state }) => state === 'up')) return true
  }
  return false
}

/** How long until no process is left and no port is held; undefined when something stays. */
const endAndWait = async (way: Way, running: Running): Promise<number | undefined> => {
  const pids = treeOf(running.child.pid)
  const begun = Date.now()
  await way.end(running)
  const ports = Array.from({ length: 15 }, (_, i) => running.port + i)
  while (Date.now() - begun < 4 * mostMs) {
    const gone = !pids.some(isThere) && (await Promise.all(ports.map(isFree))).every(Boolean)
    if (gone) return Date.now() - begun
    await Bun.sleep(25)
  }
  for (const pid of pids.filter(isThere)) process.kill(pid, 'SIGKILL')
  return undefined
}

/** Six ways of ending the stack, each after a clean start in the same folder: no process and no port held after 3 s. */
export const proveEnding = async ({
  seed,
  say,
}: {
  seed: number
  say: (line: string) => void
}): Promise<Claim[]> => {
  const data = mkdtempSync(join(tmpdir(), 'kontora-ending-'))
  const port = await freeBlock()
  const claims: Claim[] = []
  for (const way of ways) {
    const child = Bun.spawn(way.command, {
      cwd: top,
      env: { ...process.env, KONTORA_DATA: data, KONTORA_PORT: String(port) },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
      detached: true,
    })
    const running = { child, port }
    const up = await untilUp(running)
    const ms = await endAndWait(way, running)
    const ok = up && ms !== undefined && ms <= mostMs
    say(
      `${way.name}: ${up ? 'clean start' : 'NOT up'}, ${ms === undefined ? 'something stays' : `gone after ${ms} ms`}`,
    )
    claims.push({
      claim: way.name,
      value: ms ?? 'something stays',
      goal: `${mostMs} ms`,
      ok,
      seed,
      ms: ms ?? -1,
    })
  }
  rmSync(data, { recursive: true, force: true })
  return claims
}
