import { join } from 'node:path'
import { endWithParent } from '@kontora/embedded-postgres'
import { StartFault } from './place.ts'

const top = join(import.meta.dir, '../..')

/** Runs a service's own CLI with that service's settings; answers with what it printed. */
export const runCli = async (
  service: string,
  args: string[],
  env: Record<string, string>,
  input = '',
): Promise<string> => {
  const command = [process.execPath, join(top, 'services', service, 'src/cli.ts'), ...args]
  // A command that waits for a Postgres that went with the starter would wait for ever.
  const child = Bun.spawn([...endWithParent('KILL'), ...command], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', TZ: 'UTC', ...env },
    stdin: new TextEncoder().encode(input),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new StartFault(`${service} ${args.join(' ')} failed:\n${out}${error}`.trim())
  return out
}
