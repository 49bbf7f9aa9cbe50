import { expect, test } from 'bun:test'
import { app } from './app.ts'
import type { Resources } from './resources.ts'

type Operation = {
  parameters: { name: string; required: boolean }[]
  responses: Record<string, object>
  summary?: string
}

/** Each is idempotent by its flow, its family or its link, begins a login that only its own browser ends, or changes nothing. */
const exempt = [
  ...[
    '/v1/account/passkeys/add',
    '/v1/account/passkeys/name',
    '/v1/account/passkeys/remove',
    '/v1/account/providers/link',
    '/v1/account/providers/unlink',
    '/v1/account/recovery-codes',
    '/v1/account/sessions/all',
    '/v1/account/sessions/end',
    '/v1/account/sessions/others',
    '/v1/codes',
    '/v1/identities/{provider}',
    '/v1/introspect',
    '/v1/openid/{provider}/link',
    '/v1/passkeys/challenges',
    '/v1/recovery-codes',
    '/v1/revoke',
    '/v1/sber-id/link',
    '/v1/second-proof',
    '/v1/second-proof/challenges',
    '/v1/second-proof/codes',
    '/v1/sign-in',
    '/v1/sign-in/address',
    '/v1/sign-in/again',
    '/v1/sign-in/by-passkey',
    '/v1/sign-in/change',
    '/v1/sign-in/code',
    '/v1/sign-in/passkey',
    '/v1/sign-in/passkey/challenges',
    '/v1/sign-out',
    '/v1/step-up/ask',
    '/v1/step-up/code',
    '/v1/step-up/passkey',
    '/v1/step-up/recovery-code',
  ],
  '/v1/token',
]

const demandsKey = ({ parameters }: Operation): boolean =>
  parameters.some(({ name, required }) => name === 'Idempotency-Key' && required)

const document = async () => {
  const quiet = { now: () => new Date(), random: (length: number) => new Uint8Array(length).fill(1) }
  const resources = { ...quiet, log: { info: () => {} }, health: { draining: false } } as unknown as Resources
  const answer = await app.request('/openapi.json', {}, resources)
  return (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
}

test('every POST without an Idempotency-Key is on the written list', async () => {
  const { paths } = await document()
  const without = Object.entries(paths)
    .filter(([, { post }]) => post && !demandsKey(post))
    .map(([path]) => path)
  expect(without.sort()).toEqual(exempt)
})

test('every route is in the document with its answers', async () => {
  const { paths } = await document()
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routes = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  expect(documented.sort()).toEqual([...new Set(routes)].sort())
})
