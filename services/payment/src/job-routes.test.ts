import { afterAll, beforeAll, expect, test } from 'bun:test'
import { enqueue, queue, take, withQueues } from '@kontora/jobs'
import { jobsMigrations } from '@kontora/jobs/migrations'
import { transaction } from '@kontora/postgres'
import { migrate } from '@kontora/postgres/migrate'
import * as v from 'valibot'
import { jobs } from './jobs.ts'
import type { Resources } from './resources.ts'
import { openTestPayment, type TestPayment } from './testing.node.ts'

const fragile = queue('fragile', v.object({ id: v.string() }), { retry: { times: 0 } })
let fails = true
const job = take(fragile, async () => {
  if (fails) throw new RangeError('it tells a secret')
})

let payment: TestPayment
let token: string
beforeAll(async () => {
  payment = await openTestPayment()
  await migrate(payment.ownerSql, jobsMigrations([...jobs, ...withQueues<Resources>([job])]))
  const operatorId = crypto.randomUUID()
  await payment.allow(operatorId, ['job:*'])
  token = await payment.tokenFor(operatorId)
})
afterAll(() => payment.close())

const dead = async (): Promise<string> => {
  fails = true
  await transaction(payment.sql, (tx) => enqueue(tx, fragile, { id: 'one' }))
  await job.take(payment.resources)
  const { json } = await payment.ask('GET', '/v1/jobs/dead', { token })
  return String(json.items.at(-1)?.jobId)
}
const queueOf = async (name: string) => {
  const { json } = await payment.ask('GET', '/v1/jobs', { token })
  return json.items.find((one) => one.name === name)
}

test('an operator sees what is dead and why, and repeats it', async () => {
  const jobId = await dead()
  const { json } = await payment.ask('GET', '/v1/jobs/dead', { token })
  expect(json.items).toMatchObject([{ jobId, queue: 'fragile', tries: 1, reason: 'RangeError' }])
  expect(JSON.stringify(json)).not.toContain('secret')
  expect(await queueOf('fragile')).toMatchObject({ waiting: 0, failing: 0, dead: 1 })
  const repeated = await payment.ask('POST', `/v1/jobs/dead/${jobId}/repeat`, { token })
  expect([repeated.status, repeated.json.jobId]).toEqual([202, jobId])
  expect(await queueOf('fragile')).toMatchObject({ waiting: 1, dead: 0 })
  fails = false
  await job.take(payment.resources)
  expect(await queueOf('fragile')).toMatchObject({ waiting: 0, failing: 0, dead: 0 })
})

test('he may drop it, once, and by the same words on the command line', async () => {
  const [jobId, other] = [await dead(), await dead()]
  expect((await payment.ask('POST', `/v1/jobs/dead/${jobId}/drop`, { token })).status).toBe(200)
  expect((await payment.ask('POST', `/v1/jobs/dead/${jobId}/drop`, { token })).status).toBe(404)
  const admin = async (...words: string[]) => {
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/cli.ts`, ...words], {
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: payment.url },
      stdout: 'pipe',
    })
    return [(await new Response(child.stdout).text()).trim(), await child.exited]
  }
  expect((await admin('jobs'))[0]).toMatch(/^fragile +0 waiting {2}0 failing {2}1 dead$/m)
  expect((await admin('jobs', 'dead'))[0]).toStartWith(`${other}  fragile  1 tries  RangeError  dead since `)
  expect(await admin('jobs', 'repeat', other)).toEqual([`${other} is queued again`, 0])
  expect((await admin('jobs', 'drop', other))[1]).toBe(1)
})

test('it takes a permission, and a job that there is', async () => {
  const stranger = await payment.tokenFor(crypto.randomUUID())
  const path = `/v1/jobs/dead/${crypto.randomUUID()}`
  for (const ask of ['GET /v1/jobs', 'GET /v1/jobs/dead', `POST ${path}/repeat`, `POST ${path}/drop`]) {
    const [method = '', route = ''] = ask.split(' ')
    expect((await payment.ask(method, route, { token: stranger })).status).toBe(403)
    if (method === 'POST') expect((await payment.ask(method, route, { token })).status).toBe(404)
  }
})
