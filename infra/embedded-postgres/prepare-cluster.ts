import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Runner } from './choose-runner.ts'
import { explain } from './explain-fault.ts'
import { linkLibraries } from './link-libraries.ts'
import { endWithParent, runCommand } from './run-command.ts'

export type Cluster = { dir: string; folder: string; password: string; env: Record<string, string> }

const version = '18'
const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']

/** Makes the cluster in `dir` unless it is there already, and says what a start of it needs. */
export const prepareCluster = (dir: string, runner: Runner, durable: boolean): Cluster => {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  linkLibraries(runner.binaries, join(dir, 'lib'))
  const env = environment(dir, runner)
  const folder = join(dir, 'data')
  if (existsSync(folder)) checkFolder(folder)
  else makeCluster(dir, runner, env, durable)
  giveTo(runner, dir)
  return { dir, folder, password: readPassword(dir), env }
}

/** How Postgres is told where its folder is: by path, or, where it may not walk that path, by where it stands. */
export const folderFor = ({ byFolder }: Runner, folder: string): string =>
  byFolder ? '/proc/self/cwd' : folder

const environment = (dir: string, runner: Runner): Record<string, string> => {
  const links = runner.byFolder ? '/proc/self/cwd/../lib' : join(dir, 'lib')
  const libraries = `${links}:${join(runner.binaries, 'lib')}`
  const PATH = process.env.PATH ?? '/usr/bin:/bin'
  return { PATH, LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries, LC_ALL: 'C', TZ: 'UTC' }
}

const checkFolder = (folder: string): void => {
  const file = join(folder, 'PG_VERSION')
  if (!existsSync(file)) throw new Error(`${folder} is not a Postgres cluster (no PG_VERSION): move it away.`)
  const found = readFileSync(file, 'utf8').trim()
  if (found !== version)
    throw new Error(`${folder} was made by Postgres ${found}, and this is ${version}: move it away.`)
}

const makingName = `data.making.${process.pid}`

/** What starts that were cut short have left. Such an initdb may write for a moment yet: its folder is then left to the next. */
const removeHalves = (dir: string): void => {
  for (const name of readdirSync(dir).filter((one) => one.startsWith('data.making')))
    try {
      rmSync(join(dir, name), { recursive: true, force: true })
    } catch {}
}

/** Built beside its place and then renamed: a start that was cut short leaves no half of a cluster. */
const makeCluster = (dir: string, runner: Runner, env: Record<string, string>, durable: boolean): void => {
  removeHalves(dir)
  const making = join(dir, makingName)
  mkdirSync(making, { mode: 0o700 })
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('hex')
  rmSync(passwordFile(dir), { force: true })
  writeFileSync(passwordFile(dir), `${secret}\n`, { mode: 0o600 })
  giveTo(runner, dir)

  const where = folderFor(runner, making)
  const secretIn = runner.byFolder ? `${where}/../password` : passwordFile(dir)
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${secretIn}`]
  const sync = durable ? [] : ['--no-sync']
  const initdb = `${runner.binaries}/bin/initdb`
  const { exitCode, output } = runCommand(
    [
      ...runner.prefix,
      ...endWithParent('KILL'),
      initdb,
      '-D',
      where,
      ...access,
      ...locale,
      ...sync,
      '--no-instructions',
    ],
    { cwd: making, env },
  )
  if (exitCode !== 0) throw explain(output, { dir })
  renameSync(making, join(dir, 'data'))
}

/** Only where the owner is wrong: made by another runner, or copied from elsewhere. Never follows a link. */
const giveTo = ({ owner }: Runner, dir: string): void => {
  if (owner === undefined) return
  const wrong = [dir, ...['data', makingName, 'password'].map((name) => join(dir, name))].some(
    (path) => existsSync(path) && statSync(path).uid !== owner,
  )
  if (!wrong) return
  const { exitCode, output } = runCommand(['chown', '-hR', `${owner}:${owner}`, dir])
  if (exitCode !== 0) throw new Error(`${dir} cannot be given to uid ${owner}: ${output}`)
}

const passwordFile = (dir: string): string => join(dir, 'password')

const readPassword = (dir: string): string => {
  const file = passwordFile(dir)
  if (!existsSync(file))
    throw new Error(`${file} is gone, and with it the way into the cluster: move ${dir} away.`)
  return readFileSync(file, 'utf8').trim()
}
