import { expect, test } from 'bun:test'
import { ClientFault } from './ask-client.ts'
import { createRequisitesReader } from './read-requisites.ts'

const userId = crypto.randomUUID()
const payer = { userId, displayName: 'Иван', kind: 'person', inn: null, kpp: null }
const reader = (answer: () => Response, seen: RequestInit[] = []) =>
  createRequisitesReader({
    url: 'http://client.test/',
    token: async () => 'machine',
    fetch: (url, init) => {
      seen.push({ ...init, body: `${url} ${init?.body}` })
      return answer()
    },
  })

test('a payer is asked for by his id, with a machine token', async () => {
  const seen: RequestInit[] = []
  expect(await reader(() => Response.json({ people: [payer] }), seen)(userId)).toEqual(payer as never)
  expect(seen).toMatchObject([
    {
      body: `http://client.test/v1/requisites/read {"userIds":["${userId}"]}`,
      headers: { authorization: 'Bearer machine' },
    },
  ])
})

test('whom `client` leaves out is nobody to bill', async () => {
  expect(await reader(() => Response.json({ people: [] }))(userId)).toBeUndefined()
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
