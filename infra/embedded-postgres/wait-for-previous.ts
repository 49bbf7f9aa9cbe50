import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

export type PidFile = { pid: number; state: string }

export const readPidFile = (folder: string): PidFile | undefined => {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), state: lines[7]?.trim() ?? '' }
  } catch {
    return undefined
  }
}

/**
 * A postmaster whose parent was just killed needs a moment to stop. One that is gone, and whose number another program has now,
 * would keep us out for ever: then its file is removed. All other stale files Postgres clears by itself.
 */
export const waitForPrevious = async (folder: string, patienceMs: number): Promise<void> => {
  const end = Date.now() + patienceMs
  for (;;) {
    const found = readPidFile(folder)
    if (!found || !isAlive(found.pid)) return
    if (!isPostgres(found.pid)) return rmSync(join(folder, 'postmaster.pid'), { force: true })
    if (Date.now() > end) throw new Error(`Another Postgres (process ${found.pid}) runs in ${folder}.`)
    await Bun.sleep(50)
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const isPostgres = (pid: number): boolean => {
  const program = existsSync('/proc/self/cmdline')
    ? readProgram(pid)
    : runCommand(['ps', '-p', String(pid), '-o', 'comm=']).output
  return /(^|\/)postgres$/.test(program)
}

const readProgram = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? ''
  } catch {
    return ''
  }
}
