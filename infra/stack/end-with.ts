import { readFileSync } from 'node:fs'

const parentOf = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

const nameOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}

const carriers = new Set(['sh', 'dash', 'bash', 'npm', 'node', 'bun'])

/** Who started us, through the shells that npm and Bun put between: child → parent. */
const chain = (): [number, number][] => {
  const links: [number, number][] = []
  let pid = process.pid
  while (links.length < 4) {
    const parent = parentOf(pid)
    if (!parent || parent === 1) break
    links.push([pid, parent])
    const name = nameOf(parent)
    if (!carriers.has(name) && !name.startsWith('npm')) break
    // A login shell is where a person sits: it is the last whose end we follow.
    if (
      ['sh', 'dash', 'bash'].includes(name) &&
      parentOf(parent) !== undefined &&
      !carriers.has(nameOf(parentOf(parent) ?? 0)) &&
      !nameOf(parentOf(parent) ?? 0).startsWith('npm')
    )
      break
    pid = parent
  }
  return links
}

/**
 * Ends us on Ctrl-C, SIGTERM, a closed terminal, and when whoever started us is gone: npm dies of SIGTERM without a word to
 * its child.
 */
export const endWith = (end: (why: string) => Promise<void>): void => {
  process.on('SIGINT', () => void end('Ctrl-C'))
  process.on('SIGTERM', () => void end('SIGTERM'))
  process.on('SIGHUP', () => void end('The terminal was closed'))
  const links = chain()
  setInterval(() => {
    if (links.some(([child, parent]) => parentOf(child) !== parent))
      void end('The starter of this process is gone')
  }, 250).unref()
}
