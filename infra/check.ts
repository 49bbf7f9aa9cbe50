import { checkBoundaries } from './check/boundaries.ts'
import { checkSizes } from './check/sizes.ts'
import { sourceFiles } from './check/source-files.ts'
import { checkSql } from './check/sql.ts'

// `bun run check`: format, lint, types, boundaries, SQL. Says nothing when all is well.
const tool = async (name: string, script: string, ...args: string[]): Promise<string[]> => {
  const child = Bun.spawn([process.execPath, script, ...args], {
    stdout: 'pipe',
    stderr: 'pipe',
    stdin: 'ignore',
  })
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return code === 0 ? [] : [`${name}:\n${out}${error}`]
}

const files = await sourceFiles()
const migrations = files.filter((path) => /\/migrations\/.*\.sql$/.test(path))
const faults = await Promise.all([
  tool('biome', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--colors=off', '.'),
  tool('types (edge-safe code)', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'),
  tool('types (all)', 'node_modules/typescript/bin/tsc', '-p', '.tsconfig.bun.json'),
  tool(
    'squawk',
    'node_modules/squawk-cli/js/bin/squawk',
    '--config',
    'infra/check/squawk.toml',
    ...migrations,
  ),
  checkBoundaries(files),
  checkSizes(files),
  checkSql(files),
])
for (const fault of faults.flat()) console.error(fault)
process.exit(faults.flat().length > 0 ? 1 : 0)
