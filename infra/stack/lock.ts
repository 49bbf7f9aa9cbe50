import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Place, StartFault } from './place.ts'

export type Holder = { pid: number; boot: string; url: string; startedAt: string }

/** Process ids begin anew at each boot, so a lock of an earlier boot is nobody's. */
const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const readHolder = (path: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

const livingHolder = (path: string): Holder | undefined => {
  const holder = readHolder(path)
  return holder && holder.boot === bootId() && isAlive(holder.pid) ? holder : undefined
}

const lockOf = ({ data }: Pick<Place, 'data'>): string => join(data, 'lock.json')

/** Who runs the stack of this folder now. */
export const holderOf = (place: Pick<Place, 'data'>): Holder | undefined => livingHolder(lockOf(place))

/** Linked, not written, into its place: whoever finds a lock finds all that it says. */
const putLock = (path: string, mine: Holder): boolean => {
  const written = `${path}.${process.pid}`
  try {
    writeFileSync(written, JSON.stringify(mine), { mode: 0o600 })
    linkSync(written, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    throw new StartFault(
      code === 'ENOSPC' ? `The disk of ${path} is full.` : `${path} cannot be written (${code}).`,
    )
  } finally {
    rmSync(written, { force: true })
  }
}

/** Two may find the same stale lock: what was moved away is looked at again, and put back if it is another's fresh one. */
const removeStale = (path: string): void => {
  const moved = `${path}.stale.${process.pid}`
  try {
    renameSync(path, moved)
    if (livingHolder(moved)) linkSync(moved, path)
  } catch {
    // Somebody else was faster; the next try tells.
  }
  rmSync(moved, { force: true })
}

/** One starter a folder. Answers with the way to give it back. */
export const takeLock = ({ data, url }: Place): (() => void) => {
  const path = lockOf({ data })
  const mine: Holder = { pid: process.pid, boot: bootId(), url, startedAt: new Date().toISOString() }
  for (let tries = 0; tries < 3; tries++) {
    if (putLock(path, mine))
      return () => {
        if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true })
      }
    const holder = livingHolder(path)
    if (holder)
      throw new StartFault(
        `Kontora already runs in ${data}: process ${holder.pid} since ${holder.startedAt}, ${holder.url}. ` +
          'End it first, or name another folder by KONTORA_DATA and another port by KONTORA_PORT.',
      )
    removeStale(path)
  }
  throw new StartFault(`${path} cannot be taken.`)
}
