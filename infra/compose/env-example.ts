import { settingsRows } from '../../packages/service/settings.ts'
import { type ServiceName, serviceNames, settingsOf } from './service-settings.ts'

/** What docker-compose.yml itself says, for it knows where its containers are. */
const given = new Set([
  ...['PORT', 'HOST', 'SLOT', 'DATABASE_URL', 'KAFKA_HTTP_URL', 'KAFKA_HTTP_USER', 'CLIENT_URL'],
  'PAYMENT_URL',
  ...['AUTH_JWKS_URL', 'AUTH_TOKEN_URL', 'LETTER_KEYS_URL', 'S3_ENDPOINT', 'S3_REGION', 'S3_BUCKET'],
])
/** One value a service; all else is one value for whoever reads it. */
const ofEach = new Set(['KAFKA_HTTP_PASSWORD', 'MACHINE_KEY', 'PAGES_URL', 'COOKIE_KEY'])
/** Not for the service, but here: no browser reaches a container by its name. */
const neededHere = new Set(['S3_PUBLIC_ENDPOINT'])

const prefixOf = (service: ServiceName): string => service.toUpperCase().replaceAll('-', '_')

type Variable = { name: string; about: string; required: boolean; fallback: string }

const variablesOf = async (service: ServiceName): Promise<Variable[]> =>
  settingsRows(await settingsOf(service))
    .filter(({ name }) => !given.has(name))
    .map(({ name, about, default: fallback }) => ({
      name: ofEach.has(name) ? `${prefixOf(service)}_${name}` : name,
      about:
        name === 'KAFKA_HTTP_PASSWORD'
          ? `Password of ${service} at kafka-http, 16 characters or more`
          : about,
      required: fallback === 'required' || neededHere.has(name),
      fallback: fallback === 'none' ? '' : fallback,
    }))

const lineOf = ({ name, about, required, fallback }: Variable): string =>
  `# ${about}\n${required ? `${name}=` : `#${name}=${fallback}`}`

const databaseVariables = (service: ServiceName): Variable[] =>
  ['', '_OWNER'].map((owner) => ({
    name: `${prefixOf(service)}_DATABASE${owner}_PASSWORD`,
    about: `Password of the role that ${owner ? 'owns and migrates' : 'works in'} the database of ${service}`,
    required: true,
    fallback: '',
  }))

const head = `# Written by infra/compose/write-env-example.ts from the services' own tables of settings.
# Copied to .env beside docker-compose.yml, filled in and kept out of git. A line behind # may stay: it shows the default.
# bun infra/compose/invent-secrets.ts prints this with all that can be invented: passwords and keys of our own.
# Passwords of databases are letters, digits, _ and -; JSON stands in single quotes.`

/** A variable that two services read is told of once, and is required as soon as one of them requires it. */
export const envExample = async (): Promise<string> => {
  const sections = new Map<string, Variable[]>([
    [
      'Postgres',
      [
        { name: 'POSTGRES_PASSWORD', about: 'Password of the superuser', required: true, fallback: '' },
        ...serviceNames.flatMap(databaseVariables),
      ],
    ],
  ])
  for (const service of serviceNames) sections.set(service, await variablesOf(service))
  const required = new Set(
    [...sections.values()].flat().flatMap(({ name, required }) => (required ? name : [])),
  )
  const told = new Set<string>()
  const parts = [...sections].map(([title, variables]) => {
    const first = variables.filter(({ name }) => !told.has(name))
    for (const { name } of first) told.add(name)
    return [
      `# --- ${title}`,
      ...first.map((one) => lineOf({ ...one, required: required.has(one.name) })),
    ].join('\n')
  })
  return `${[head, ...parts].join('\n\n')}\n`
}
