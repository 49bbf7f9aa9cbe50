import { join } from 'node:path'
import { refuse } from './arguments.ts'
import { callsOf, eventHelp } from './event-words.ts'
import { isStacksOwn, localSetting } from './local-settings.ts'
import { databaseUrls, serviceEnv } from './parts/service-env.ts'
import { StartFault } from './place.ts'
import { databases } from './prepare-databases.ts'
import { services } from './secrets.ts'

const help = `admin <service> <command …>: the operators' commands. Services: ${databases.join(', ')}

  admin <service> --help
  admin client first-administrator <email>
  ${eventHelp}

It works on the local stack of KONTORA_DATA, be its Postgres the embedded one or yours. With a service's own database in
DATABASE_URL (and DATABASE_OWNER_URL for migrate) it works on that, and needs the service's other settings too.`

const isService = (name: string): name is (typeof services)[number] =>
  (services as readonly string[]).includes(name)

const localEnv = async (name: string): Promise<Record<string, string>> => {
  const { place, secrets, outside } = await localSetting()
  const { running, owner } = databaseUrls(outside.postgresUrl, name, secrets)
  const own = isService(name) ? serviceEnv(place, name, secrets, outside) : { ENVIRONMENT: 'local' }
  return { ...own, DATABASE_URL: running, DATABASE_OWNER_URL: owner }
}

const isOwnDatabase = ({ DATABASE_URL: url, DATABASE_OWNER_URL: owner }: NodeJS.ProcessEnv): boolean =>
  Boolean(owner) || (Boolean(url) && !isStacksOwn(url ?? ''))

const run = async (name: string, words: string[]): Promise<number> => {
  const env = asksHelp(words[0]) || isOwnDatabase(process.env) ? {} : await localEnv(name)
  const script = join(import.meta.dir, '../../services', name, 'src/cli.ts')
  const child = Bun.spawn([process.execPath, script, ...words], {
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit'],
  })
  return child.exited
}

const [name = '', ...words] = process.argv.slice(2)
const asksHelp = (word = ''): boolean => ['', 'help', '--help', '-h'].includes(word)
if (asksHelp(name) || (name === 'events' && asksHelp(words[0]))) {
  console.log(help)
  process.exit(0)
}
const planned = name === 'events' ? callsOf(words) : [{ service: name, words }]
const calls = typeof planned === 'string' ? refuse(planned) : planned
if (name !== 'events' && !(databases as readonly string[]).includes(name))
  refuse(`no such service: ${name}. Services: ${databases.join(', ')}`)
try {
  const codes: number[] = []
  for (const { service, words } of calls) {
    if (calls.length > 1) console.log(`${service}:`)
    codes.push(await run(service, words))
  }
  process.exit(Math.max(...codes))
} catch (error) {
  if (!(error instanceof StartFault)) throw error
  console.error(error.message)
  process.exit(1)
}
