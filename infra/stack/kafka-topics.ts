import { databaseUrls } from './parts/service-env.ts'
import type { Setting } from './parts/specs.ts'
import { runCli } from './run-cli.ts'
import { services } from './secrets.ts'

const partitions = 6

/** Which topics a service hears; its own and its dead letters it may write. */
const hears: Record<string, string[]> = {
  client: ['auth', 'client'],
  auth: ['auth', 'client'],
  notification: ['auth', 'client', 'documents', 'payment'],
  documents: ['auth', 'client'],
  payment: ['auth', 'client', 'notification'],
}

/** Topics and credentials, as `kafka-http apply` takes them. */
export const topicsAndCredentials = (password: (service: string) => string) => ({
  topics: Object.fromEntries(
    services.flatMap((name) => [name, `${name}.dlq`]).map((topic) => [topic, partitions]),
  ),
  credentials: services.map((name) => ({
    name,
    password: password(name),
    produce: [name, `${name}.dlq`],
    consume: hears[name] ?? [],
  })),
})

export const applyTopics = async ({ secrets, outside }: Setting): Promise<void> => {
  const wanted = topicsAndCredentials((name) => secrets.words[`kafka ${name}`] ?? '')
  const { running } = databaseUrls(outside.postgresUrl, 'kafka-http', secrets)
  await runCli(
    'kafka-http',
    ['apply'],
    { ENVIRONMENT: 'local', DATABASE_URL: running },
    JSON.stringify(wanted),
  )
}
