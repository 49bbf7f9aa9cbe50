import { expect, test } from 'bun:test'
import { ClientFault } from './ask-client.ts'
import { createPayersFinder } from './find-payers.ts'

const payer = { userId: crypto.randomUUID(), displayName: 'ООО «Ромашка»', inn: '7707083893' }
const finder = (answer: () => Response, seen: string[] = []) =>
  createPayersFinder({
    url: 'http://client.test/',
    token: async () => 'machine',
    fetch: (url, init) => {
      seen.push(`${new URL(url).pathname} ${Object.values(JSON.parse(String(init?.body))).flat().length}`)
      return answer()
    },
  })

test('payers are asked for in batches of a hundred, by id and by ИНН', async () => {
  const seen: string[] = []
  const find = finder(() => Response.json({ people: [{ ...payer, kind: 'company', kpp: null }] }), seen)
  const userIds = Array.from({ length: 101 }, () => crypto.randomUUID())
  const inns = Array.from({ length: 250 }, () => '7707083893')
  const found = await find({ userIds, inns })
  expect(seen).toEqual([
    '/v1/requisites/read 100',
    '/v1/requisites/read 1',
    '/v1/requisites/find 100',
    '/v1/requisites/find 100',
    '/v1/requisites/find 50',
  ])
  expect(found).toEqual(Array.from({ length: 5 }, () => payer))
  expect(await find({})).toEqual([])
})

test.each([
  () => new Response('', { status: 503 }),
  () => new Response('<html>'),
  () => Response.json({ users: [] }),
  () => {
    throw new TypeError('fetch failed')
  },
])('any other answer is a fault, to be asked again: %#', async (answer) => {
  await expect(finder(answer)({ inns: ['7707083893'] })).rejects.toThrow(ClientFault)
})
