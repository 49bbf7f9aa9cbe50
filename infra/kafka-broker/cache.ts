import { Database } from 'bun:sqlite'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What was fetched from outside is kept between runs. */
const cache = join(import.meta.dir, '../../.tools/kafka')

const patienceMs = 300_000

/** A folder of the cache. It is made once, whoever else asks meanwhile, and is there whole or not at all. */
export const keepFolder = async (name: string, make: (folder: string) => Promise<void>): Promise<string> => {
  const kept = join(cache, name)
  if (existsSync(kept)) return kept
  mkdirSync(cache, { recursive: true })
  const lock = await takeLock(`${kept}.lock`)
  try {
    if (existsSync(kept)) return kept
    const making = mkdtempSync(`${kept}.making-`)
    try {
      await make(making)
      renameSync(making, kept)
    } finally {
      rmSync(making, { recursive: true, force: true })
    }
    return kept
  } finally {
    lock.close()
  }
}

/** The kernel's lock on a file, by way of SQLite: it goes with the process, however that ends. */
const takeLock = async (file: string): Promise<Database> => {
  for (const end = Date.now() + patienceMs; ; await Bun.sleep(100)) {
    const lock = new Database(file)
    try {
      lock.run('begin exclusive')
      return lock
    } catch (error) {
      lock.close()
      if (Date.now() > end) throw error
    }
  }
}
