import { app } from '../../../services/payment/src/app.ts'
import { hearWords, say } from '../../backbone/outbox/child.ts'
import { resources, startJobs } from './callback-service.ts'
import { queryOf } from './signed-query.ts'

/** `settle <first> <count>`: so many callbacks come in, and the job asks the bank, which answers in this process. */
const callers = 32
const { sql } = resources

const isAsking = async (): Promise<boolean> =>
  (await sql`select 1 from attempts where ask_at is not null limit 1`).length > 0

const settle = async (first: number, count: number): Promise<number> => {
  const queries = Array.from({ length: count }, (_, i) => queryOf(first + i))
  const running = startJobs()
  const begun = performance.now()
  const call = async (): Promise<void> => {
    for (let query = queries.pop(); query; query = queries.pop()) {
      const answer = await app.request(`http://payment.test/v1/vtb/callback?${query}`, undefined, resources)
      if (answer.status !== 200) throw new Error(`A callback was answered ${answer.status}`)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  while (await isAsking()) await Bun.sleep(5)
  const ms = performance.now() - begun
  await running.stop()
  return ms
}

await sql`select 1`
say('ready')
await hearWords(async (word) => {
  const [, first, count] = word.split(' ')
  say('settled', { ms: await settle(Number(first), Number(count)) })
})
