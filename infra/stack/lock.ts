import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Place, StartFault } from './place.ts'

type Holder = { pid: number; boot: string; url: string; startedAt: string }

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

/** One starter a folder. Answers with the way to give it back. */
export const takeLock = ({ data, url }: Place): (() => void) => {
  const path = join(data, 'lock.json')
  const mine: Holder = { pid: process.pid, boot: bootId(), url, startedAt: new Date().toISOString() }
  for (let tries = 0; tries < 3; tries++) {
    try {
      writeFileSync(path, JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
      return () => {
        if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true })
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST')
        throw new StartFault(
          code === 'ENOSPC' ? `The disk of ${data} is full.` : `${path} cannot be written (${code}).`,
        )
    }
    const holder = readHolder(path)
    if (holder && holder.boot === mine.boot && isAlive(holder.pid))
      throw new StartFault(
        `Kontora already runs in ${data}: process ${holder.pid} since ${holder.startedAt}, ${holder.url}. ` +
          'End it first, or name another folder by KONTORA_DATA and another port by KONTORA_PORT.',
      )
    if (existsSync(path)) rmSync(path, { force: true })
  }
  throw new StartFault(`${path} cannot be taken.`)
}
