import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The package ships `libpq.so.5.18` and leaves `libpq.so.5` to an install script, which Bun blocks. The links are made in a folder
 * of our own, anew at each start: the package may be read-only, or have moved.
 */
export const linkLibraries = (binaries: string, folder: string): void => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  for (const file of readdirSync(join(binaries, 'lib'))) {
    const name = /^(lib.*\.so\.\d+)\.\d+$/.exec(file)?.[1]
    if (name) symlinkSync(join(binaries, 'lib', file), join(folder, name))
  }
}
