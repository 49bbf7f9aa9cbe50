import { chmodSync, cpSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const place = '/var/tmp'

/** A copy that every user can reach, made once per version; package folders themselves are never touched. */
export const copyBinaries = (binaries: string): string => {
  const { version } = JSON.parse(readFileSync(join(binaries, '..', 'package.json'), 'utf8')) as {
    version: string
  }
  const target = join(place, `kontora-postgres-${version}`)
  if (isOurs(target)) return target
  const making = mkdtempSync(`${target}-`)
  cpSync(binaries, making, { recursive: true })
  chmodSync(making, 0o755)
  try {
    renameSync(making, target)
    return target
  } catch {
    // Another start was faster, or a stranger holds the name: theirs is used only if it is root's.
    if (!isOurs(target)) return making
    rmSync(making, { recursive: true, force: true })
    return target
  }
}

const isOurs = (folder: string): boolean => {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0
}
