import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

/** A stack is one folder and one block of ports. */
export type Place = { data: string; port: number; url: string }

/** By name: a browser binds no passkey to an address of numbers. */
export const originAt = (port: number): string => `http://localhost:${port}`

export class StartFault extends Error {}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_500

export const readPlace = (env: Record<string, string | undefined>): Place => {
  // An empty setting is none: `KONTORA_DATA=` must not mean the folder where one stands.
  const data = env.KONTORA_DATA || '.data'
  const port = env.KONTORA_PORT || '4000'
  if (!isPort(port)) throw new StartFault('KONTORA_PORT should be a port number from 1 to 65500')
  return { data: resolve(data), port: Number(port), url: originAt(Number(port)) }
}

const reasons: Record<string, string> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'there is a file on the way to it',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its disk is full',
}

export const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new StartFault(
      `The folder ${path} cannot be used: ${reasons[code] ?? code}. KONTORA_DATA names another.`,
    )
  }
}

const known = ['KONTORA_DATA', 'KONTORA_PORT', 'KONTORA_TEST_CLUSTER', 'KONTORA_SEED']

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    row = next
  }
  return row[b.length] ?? 0
}

/** A setting that nobody reads is usually a slip of the pen. */
export const unknownSettings = (env: Record<string, string | undefined>): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('KONTORA_') && !known.includes(name))
    .map((name) => {
      const [nearest] = known.toSorted((a, b) => distance(name, a) - distance(name, b))
      return `${name} is not a setting; did you mean ${nearest}?`
    })
