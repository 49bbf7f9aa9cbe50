import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWith } from '../end-with.ts'
import { originAt, type Place, readPlace, StartFault } from '../place.ts'

export type RunningStack = { place: Place; pid: number; stop: () => Promise<void>; said: () => string }

const start = join(import.meta.dir, '../start.ts')
const patienceMs = 90_000

const readParts = async ({ url }: Place): Promise<{ name: string; state: string }[]> => {
  const answer = await fetch(`${url}/_stack`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
  if (!answer?.ok) return []
  const { parts } = (await answer.json().catch(() => ({}))) as { parts?: { name: string; state: string }[] }
  return parts ?? []
}

/** The stack that runs at KONTORA_PORT, if one does: wholly, or it says what is missing. */
export const findStack = async (): Promise<Place | undefined> => {
  const place = readPlace(process.env)
  const parts = await readParts(place)
  const missing = parts.filter(({ state }) => state !== 'up')
  if (missing.length > 0)
    throw new StartFault(
      `The stack at ${place.url} is not wholly up: ${missing.map(({ name, state }) => `${name} is ${state}`).join(', ')}`,
    )
  return parts.length > 0 ? place : undefined
}

const endings = new Set<() => Promise<void>>()

/** Whoever ends us ends the stacks that we run, and their folders go. */
export const endWithStacks = (): void =>
  endWith(async () => {
    await Promise.all([...endings].map((end) => end()))
    process.exit(130)
  })

/** Of whatever else must go with us; answers with the way to take it back. */
export const alsoEnd = (end: () => Promise<void>): (() => void) => {
  endings.add(end)
  return () => void endings.delete(end)
}

/** A stack as a process of its own, in a folder that may be given and kept, else in one that goes with it. */
export const runStack = async (port: number, folder?: string): Promise<RunningStack> => {
  const data = folder ?? mkdtempSync(join(tmpdir(), 'kontora-'))
  const place = { data, port, url: originAt(port) }
  const child = Bun.spawn([process.execPath, start], {
    env: { ...process.env, KONTORA_DATA: data, KONTORA_PORT: String(port) },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let text = ''
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true })
  }
  void follow(child.stdout)
  void follow(child.stderr)
  const stop = async () => {
    child.kill('SIGTERM')
    await child.exited
    if (!folder) rmSync(data, { recursive: true, force: true })
    endings.delete(stop)
  }
  endings.add(stop)
  const end = Date.now() + patienceMs
  while (!text.includes('Up after')) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop()
      throw new StartFault(`The stack did not come up:\n${text}`)
    }
    await Bun.sleep(50)
  }
  return { place, pid: child.pid, stop, said: () => text }
}
