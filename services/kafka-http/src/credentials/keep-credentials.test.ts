import { expect, test } from 'bun:test'
import type { Credential } from './credential.ts'
import { keepCredentials } from './keep-credentials.ts'

const setOf = (name: string) => new Map([[name, { name } as Credential]])

const stand = (maxAgeMs = 60_000) => {
  let ms = 1_000_000
  let reads = 0
  const answers: { read: () => Promise<Map<string, Credential>> } = { read: async () => setOf('first') }
  const credentials = keepCredentials({
    now: () => new Date(ms),
    read: () => {
      reads++
      return answers.read()
    },
    maxAgeMs,
  })
  const names = async (fresh = false) => [...(await credentials(fresh)).keys()]
  return { answers, names, credentials, pass: (more: number) => (ms += more), reads: () => reads }
}
const away = async (): Promise<never> => {
  throw new Error('away')
}

test('a change is in force within a second, and many who ask share one question', async () => {
  const { answers, names, pass, reads } = stand()
  expect(await Promise.all([names(), names(), names()])).toEqual([['first'], ['first'], ['first']])
  expect(reads()).toBe(1)
  answers.read = async () => setOf('second')
  expect(await names()).toEqual(['first'])
  pass(1000)
  expect(await names()).toEqual(['second'])
})

test('who is unknown makes the set be read anew, but not at the pace of those who guess', async () => {
  const { answers, names, pass, reads } = stand()
  await names()
  answers.read = async () => setOf('new')
  pass(250)
  expect(await names(true)).toEqual(['new'])
  for (let i = 0; i < 100; i++) await names(true)
  expect(reads()).toBe(2)
})

test('while they cannot be read the last good set is used, up to its age, and it costs no caller a wait each', async () => {
  const { answers, names, credentials, pass, reads } = stand(60_000)
  await names()
  answers.read = away
  pass(30_000)
  for (let i = 0; i < 50; i++) expect(await names()).toEqual(['first'])
  expect(reads()).toBe(2)
  pass(40_000)
  await expect(credentials()).rejects.toMatchObject({ code: 'unavailable' })
  answers.read = async () => setOf('back')
  pass(1000)
  expect(await names()).toEqual(['back'])
})

test('a Postgres that hangs is not waited for when there is a set', async () => {
  const { answers, names, pass } = stand()
  await names()
  answers.read = () => new Promise(() => {})
  pass(2000)
  const start = performance.now()
  expect(await names()).toEqual(['first'])
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('without any set the caller is told that it cannot be read', async () => {
  const { answers, credentials } = stand()
  answers.read = away
  await expect(credentials()).rejects.toThrow('away')
})
