import { dirname, normalize } from 'node:path'
import { isSource, isTest } from './source-files.ts'

/** A fence: which files it holds for, what must not stand there, and why. */
type Fence = { holds: (path: string) => boolean; pattern: RegExp; why: string }

const shipped = (path: string): boolean => /^(services|packages)\//.test(path) && !isTest(path)
const isDoor = (path: string): boolean => /\/(server|cli)\.ts$/.test(path) || path.endsWith('.node.ts')

/** The one Node module that every runtime has. */
const asyncHooks = 'packages/service/trace.ts'
/** The only places that ask the clock and the generator. */
const mayAskChance = new Set(['packages/service/chance.ts', 'packages/access/testing.ts'])
/** Loops that wait on a real clock whatever the business's time is. */
const waitsForReal = new Set(['packages/events/consume/position.ts'])

const fences: Fence[] = [
  {
    holds: (path) => shipped(path) && !isDoor(path),
    pattern: /\bBun\.|from '(bun|bun:[a-z]+)'|import\('(bun|node):/,
    why: 'Bun stands only in server.ts, cli.ts and *.node.ts',
  },
  {
    holds: (path) => shipped(path) && !isDoor(path) && path !== asyncHooks,
    pattern: /from 'node:/,
    why: 'Node modules stand only in server.ts, cli.ts and *.node.ts',
  },
  {
    holds: (path) => shipped(path) && !/\/(server|cli)(\.node)?\.ts$/.test(path),
    pattern: /\bprocess\.env\b/,
    why: 'process.env is read only at the doors: server.ts, cli.ts, infra',
  },
  {
    holds: (path) =>
      /^services\/[\w-]+\/src\/[^/]+\.ts$/.test(path) &&
      shipped(path) &&
      !isDoor(path) &&
      !path.endsWith('/worker.ts'),
    pattern: /(?<![.\w])fetch\(/,
    why: "the outside is called only in an external system's folder",
  },
  {
    holds: (path) => shipped(path) && !isDoor(path) && !mayAskChance.has(path) && !waitsForReal.has(path),
    pattern: /\bMath\.random\(|\bnew Date\(\)|\bDate\.now\(|\brandomUUID\(/,
    why: 'time, ids and chance come in through Resources',
  },
  { holds: shipped, pattern: /\bexport default\b/, why: 'export default stands in worker.ts alone' },
]

const workspaceOf = (path: string): string | undefined => /^(services|packages|infra)\/[^/]+/.exec(path)?.[0]

const importsOf = (text: string): string[] =>
  Array.from(text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g), ([, name]) => name ?? '')

/** Dependencies point one way: never service → service, never package → service or infra, nothing out of a workspace by path. */
const wrongImport = (path: string, name: string, services: Set<string>): string | undefined => {
  const home = workspaceOf(path)
  if (name.startsWith('.')) {
    const target = normalize(`${dirname(path)}/${name}`)
    const leaves = home !== undefined && /^(services|packages)\//.test(path) && !target.startsWith(`${home}/`)
    return leaves ? `${name} leaves its workspace by path` : undefined
  }
  const other = /^@kontora\/([\w-]+)/.exec(name)?.[1]
  if (!other || isTest(path)) return undefined
  if (services.has(other) && /^(services|packages)\//.test(path))
    return `${name}: a service is imported by nobody`
  return undefined
}

export const checkBoundaries = async (files: string[]): Promise<string[]> => {
  const services = new Set(files.flatMap((path) => /^services\/([^/]+)\//.exec(path)?.[1] ?? []))
  const faults: string[] = []
  for (const path of files.filter(isSource)) {
    const text = await Bun.file(path).text()
    for (const { holds, pattern, why } of fences)
      if (
        holds(path) &&
        pattern.test(text) &&
        !(why.startsWith('export default') && path.endsWith('/worker.ts'))
      )
        faults.push(`${path}: ${why}`)
    for (const name of importsOf(text)) {
      const fault = wrongImport(path, name, services)
      if (fault) faults.push(`${path}: ${fault}`)
    }
    if (/@ts-(ignore|nocheck|expect-error)|biome-ignore/.test(text) && !path.startsWith('infra/check/'))
      faults.push(`${path}: no rule is switched off`)
  }
  return faults
}
