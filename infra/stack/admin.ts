import { join } from 'node:path'
import { localSetting } from './local-settings.ts'
import { databaseUrls, serviceEnv } from './parts/service-env.ts'
import { StartFault } from './place.ts'
import { databases } from './prepare-databases.ts'
import { services } from './secrets.ts'

const help = `admin <service> <command …>: the operators' commands. Services: ${databases.join(', ')}

  admin client first-administrator <email>
  admin <service> --help

With DATABASE_URL (and DATABASE_OWNER_URL for migrate) in the environment it works on that database, else on the local stack's.`

const isService = (name: string): name is (typeof services)[number] =>
  (services as readonly string[]).includes(name)

const localEnv = async (name: string): Promise<Record<string, string>> => {
  const { place, secrets, outside } = await localSetting()
  const { running, owner } = databaseUrls(outside.postgresUrl, name, secrets)
  const own = isService(name) ? serviceEnv(place, name, secrets, outside) : { ENVIRONMENT: 'local' }
  return { ...own, DATABASE_URL: running, DATABASE_OWNER_URL: owner }
}

const [name = '', ...words] = process.argv.slice(2)
if (!(databases as readonly string[]).includes(name)) {
  console.log(help)
  process.exit(name === '' || name === '--help' || name === '-h' ? 0 : 2)
}
try {
  const given = process.env.DATABASE_URL ?? process.env.DATABASE_OWNER_URL
  const env = given ? {} : await localEnv(name)
  const script = join(import.meta.dir, '../../services', name, 'src/cli.ts')
  const child = Bun.spawn([process.execPath, script, ...words], {
    env: { ...process.env, ...env },
    stdio: ['inherit', 'inherit', 'inherit'],
  })
  process.exit(await child.exited)
} catch (error) {
  if (!(error instanceof StartFault)) throw error
  console.error(error.message)
  process.exit(1)
}
