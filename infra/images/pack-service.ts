import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

// bun infra/images/pack-service.ts <service> <folder>: what an image holds, and nothing that another service needs.
// Sources and not one bundle: each package finds its migrations beside its own module.

type Manifest = {
  name: string
  workspaces?: string[]
  dependencies?: Record<string, string>
  patchedDependencies?: Record<string, string>
}

const top = join(import.meta.dir, '../..')
const rootFiles = ['package.json', 'bun.lock', 'bunfig.toml', 'tsconfig.json']

const readManifest = async (folder: string): Promise<Manifest> =>
  (await Bun.file(join(top, folder, 'package.json')).json()) as Manifest

/** Name of a workspace → its folder. */
const findWorkspaces = async (): Promise<Map<string, string>> => {
  const { workspaces = [] } = await readManifest('.')
  const found = new Map<string, string>()
  for (const pattern of workspaces)
    for (const path of new Bun.Glob(`${pattern}/package.json`).scanSync(top))
      found.set((await readManifest(dirname(path))).name, dirname(path))
  return found
}

/** Folders of a workspace and of all that it needs to run. */
const needed = async (
  name: string,
  workspaces: Map<string, string>,
  seen = new Set<string>(),
): Promise<Set<string>> => {
  const folder = workspaces.get(name)
  if (!folder || seen.has(folder)) return seen
  seen.add(folder)
  const { dependencies = {} } = await readManifest(folder)
  for (const dependency of Object.keys(dependencies)) await needed(dependency, workspaces, seen)
  return seen
}

const isShipped = (path: string): boolean =>
  basename(path) !== 'node_modules' && !/^test(ing)?\b|\.test\.tsx?$/.test(basename(path))

/** The lockfile is that of all workspaces, so all their manifests are there while it is held to. */
const install = (folder: string, name: string): void => {
  const flags = ['--frozen-lockfile', '--production', '--omit=peer', '--ignore-scripts', '--filter', name]
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, 'install', ...flags], { cwd: folder })
  if (exitCode !== 0) throw new Error(`bun install failed:\n${stderr.toString()}`)
}

export const packService = async (service: string, folder: string): Promise<void> => {
  if (existsSync(folder)) throw new Error(`${folder} is there already`)
  const workspaces = await findWorkspaces()
  const name = `@kontora/${service}`
  if (workspaces.get(name) !== `services/${service}`) throw new Error(`There is no service '${service}'`)
  const wanted = await needed(name, workspaces)
  mkdirSync(folder, { recursive: true })
  const { patchedDependencies = {} } = await readManifest('.')
  for (const file of [...rootFiles, ...Object.values(patchedDependencies)])
    cpSync(join(top, file), join(folder, file))
  for (const workspace of workspaces.values())
    cpSync(join(top, workspace, 'package.json'), join(folder, workspace, 'package.json'))
  install(folder, name)
  for (const workspace of workspaces.values()) {
    if (!wanted.has(workspace)) rmSync(join(folder, workspace), { recursive: true })
    else cpSync(join(top, workspace), join(folder, workspace), { recursive: true, filter: isShipped })
  }
  rmSync(join(folder, 'infra'), { recursive: true, force: true })
}

if (import.meta.main) {
  const [service, folder] = process.argv.slice(2)
  if (!service || !folder) {
    console.error('pack-service <service> <folder>')
    process.exit(2)
  }
  await packService(service, resolve(folder))
}
