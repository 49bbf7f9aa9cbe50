import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const libc = process.platform === 'linux' ? '-glibc' : ''

/** The program itself: the package's own starter is a script for Node that outlives a signal to it. */
export const findDeno = (): string => {
  const ofDeno = createRequire(createRequire(import.meta.url).resolve('deno/package.json'))
  const machine = `@deno/${process.platform}-${process.arch}${libc}/package.json`
  return join(dirname(ofDeno.resolve(machine)), 'deno')
}
