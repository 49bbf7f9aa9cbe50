import { expect, test } from 'bun:test'
import { ClientFault } from './ask-client.ts'
import { createContactReader } from './read-contact.ts'

const userId = crypto.randomUUID()
const reader = (answer: () => Response, seen: RequestInit[] = []) =>
  createContactReader({
    url: 'http://client.test/',
    token: async () => 'machine',
    fetch: (url, init) => {
      seen.push({ ...init, body: `${url} ${init?.body}` })
      return answer()
    },
  })

test('the address is asked for by the id, with a machine token', async () => {
  const seen: RequestInit[] = []
  const people = [{ userId, email: 'Payer@Example.ru', displayName: 'Иван', locale: 'ru' }]
  expect(await reader(() => Response.json({ people }), seen)(userId)).toBe('payer@example.ru')
  expect(seen).toMatchObject([
    {
      body: `http://client.test/v1/addresses/read {"userIds":["${userId}"]}`,
      headers: { authorization: 'Bearer machine' },
    },
  ])
})

test.each([
  [[]],
  [[{ userId, email: null }]],
  [[{ userId, email: 'no address' }]],
  [[{ userId: 'x', email: 'a@b.ru' }]],
])('whom `client` gives no address of has none: %#', async (people) => {
  expect(await reader(() => Response.json({ people }))(userId)).toBeUndefined()
})

test.each([
  () => new Response('', { status: 503 }),
  () => new Response('<html>'),
  () => Response.json({ users: [] }),
  () => {
    throw new TypeError('fetch failed')
  },
])('any other answer is a fault, to be asked again: %#', async (answer) => {
  await expect(reader(answer)(userId)).rejects.toThrow(ClientFault)
})
