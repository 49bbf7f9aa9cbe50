import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sql } from '../connect.ts'

/**
 * `inTransaction` is false for a file whose first line is `-- no transaction`: one `create index concurrently if not exists`,
 * for a crash right behind it repeats it.
 */
export type MigrationFile = {
  source: string
  name: string
  text: string
  hash: string
  inTransaction: boolean
  /** What is done in the place of `text`. */
  apply?: (sql: Sql) => Promise<void>
}

/**
 * What no file can say: tables that a library makes itself. `name` says what it leads to, so that another wish is another step;
 * it gets the owner's reserved connection, with no transaction open, and may be repeated after a crash.
 */
export type MigrationStep = { source: string; name: string; apply: (sql: Sql) => Promise<void> }

/** A folder of files, or a step. */
export type Migration = URL | MigrationStep

const shape = /^(\d{4})_[a-z0-9_]+\.sql$/

/** `…/packages/events/migrations` is the source `events`: each package and each service counts its own numbers. */
const sourceOf = (folder: string): string => basename(dirname(folder))

const checkNumbers = (source: string, names: string[]): void => {
  names.forEach((name, i) => {
    const number = shape.exec(name)?.[1]
    if (Number(number) !== i + 1)
      throw new Error(
        `Migrations of ${source}: ${name} stands where number ${i + 1} should (no gap, no double)`,
      )
  })
}

const readFolder = async (url: URL): Promise<MigrationFile[]> => {
  const folder = fileURLToPath(url).replace(/\/$/, '')
  const source = sourceOf(folder)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  checkNumbers(source, names)
  const files: MigrationFile[] = []
  for (const name of names) {
    const text = await readFile(`${folder}/${name}`, 'utf8')
    const hash = createHash('sha256').update(text).digest('hex')
    files.push({ source, name, text, hash, inTransaction: !text.startsWith('-- no transaction') })
  }
  return files
}

/** Folders and steps in the given order, files by number. */
export const readMigrations = async (migrations: Migration[]): Promise<MigrationFile[]> => {
  const files: MigrationFile[] = []
  for (const one of migrations) {
    if (one instanceof URL) files.push(...(await readFolder(one)))
    else files.push({ ...one, text: '', hash: one.name, inTransaction: false })
  }
  return files
}
