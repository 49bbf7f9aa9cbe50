import { existsSync } from 'node:fs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const findOne = (): string | undefined =>
  names.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined

const run = (...command: string[]): void => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { exitCode, stderr } = Bun.spawnSync(command, { env, stdout: 'ignore' })
  if (exitCode !== 0) throw new Error(`${command.slice(0, 2).join(' ')} failed:\n${stderr}`)
}

const mayInstall = (): boolean => existsSync('/usr/bin/apt-get') && process.getuid?.() === 0

/** The browser of this machine; on Debian, as root, it is installed when there is none. */
export const findChromium = (): string => {
  const found = findOne()
  if (found) return found
  if (!mayInstall())
    throw new Error(
      'test:browser needs Chromium: install the package `chromium`, or run it as root on Debian',
    )
  console.error('kontora: installing Chromium (once)')
  run('apt-get', 'update', '-qq')
  run('apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core')
  const installed = findOne()
  if (!installed) throw new Error('Chromium was installed, but is not on the PATH')
  return installed
}
