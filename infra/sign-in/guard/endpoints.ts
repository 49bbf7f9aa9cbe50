import type { World } from '../../../services/auth/src/testing.node.ts'

type Answers = Record<string, { content?: Record<string, { schema?: object }> }>
type Document = { paths: Record<string, Record<string, { responses: Answers }>> }

/** What answers without a body in JSON shows no schema that could hold a token, so it stands here by name. */
const without = [
  'GET /openapi.json',
  ...['sber-id', 'openid/{provider}'].map((provider) => `GET /v1/${provider}/start`),
  ...['POST', 'DELETE'].map((method) => `${method} /v1/identities/{provider}`),
  'POST /v1/revoke',
  ...['PATCH', 'DELETE'].map((method) => `${method} /v1/passkeys/{id}`),
  ...['{id}', 'others', 'all'].map((which) => `DELETE /v1/sessions/${which}`),
  ...['address', 'again', 'change'].map((form) => `POST /v1/sign-in/${form}`),
  ...['GET', 'POST'].map((method) => `${method} /v1/sign-out`),
  'GET /v1/account',
  ...[
    'sessions/end',
    'sessions/others',
    'sessions/all',
    'passkeys/add',
    'passkeys/name',
    'passkeys/remove',
  ].map((form) => `POST /v1/account/${form}`),
  ...['recovery-codes', 'providers/link', 'providers/unlink'].map((form) => `POST /v1/account/${form}`),
  'POST /v1/step-up/ask',
  'GET /v1/passkey.js',
]

/** What sends a browser back to an application with a code, for which that one gets tokens. */
const givesCode = [
  'GET /v1/authorize',
  ...['code', 'by-passkey'].map((form) => `POST /v1/sign-in/${form}`),
  ...['code', 'passkey', 'recovery-code'].map((form) => `POST /v1/step-up/${form}`),
]

const isDone = (status: string): boolean => /^[23]/.test(status)
const holdsToken = (answers: Answers): boolean =>
  Object.entries(answers).some(
    ([status, answer]) =>
      isDone(status) && /"(accessToken|access_token|id_token)"/.test(JSON.stringify(answer)),
  )
const isSilent = (answers: Answers): boolean =>
  Object.entries(answers).some(
    ([status, { content }]) => isDone(status) && content?.['application/json']?.schema === undefined,
  )

const read = async <Body>(world: World, path: string): Promise<Body> =>
  (await (await world.get(path)).json()) as Body

/** From the documents that the service gives of itself: what gives tokens, and what says nothing of what it gives. */
export const findEndpoints = async (world: World): Promise<{ giving: string[]; unknown: string[] }> => {
  const { paths } = await read<Document>(world, '/openapi.json')
  const { grant_types_supported, token_endpoint } = await read<{
    grant_types_supported: string[]
    token_endpoint: string
  }>(world, '/.well-known/oauth-authorization-server')
  const token = `POST ${token_endpoint.slice(world.resources.issuer.length)}`
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      responses,
    })),
  )
  const isGiving = ({ name, responses }: (typeof operations)[number]) =>
    holdsToken(responses) || givesCode.includes(name)
  const giving = operations.filter(isGiving).map(({ name }) => name)
  const silent = operations.filter((one) => !isGiving(one) && isSilent(one.responses))
  return {
    giving: giving.flatMap((name) =>
      name === token ? grant_types_supported.map((grant) => `${name} ${grant}`) : [name],
    ),
    unknown: silent.map(({ name }) => name).filter((name) => !without.includes(name)),
  }
}
