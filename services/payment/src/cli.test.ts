import { afterAll, beforeAll, expect, test } from 'bun:test'
import { simulatedSeller } from '@kontora/testing'
import { openTestPayment, type TestPayment } from './testing.node.ts'
import { storyOf } from './testing-story.node.ts'

let payment: TestPayment
beforeAll(async () => {
  payment = await openTestPayment()
})
afterAll(() => payment.close())

const start = async (file: string, words: string[], env: Record<string, string> = {}) => {
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/${file}`, ...words], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, error] = [await new Response(child.stdout).text(), await new Response(child.stderr).text()]
  return { code: await child.exited, out, error }
}

test('an operator sees all of one payment', async () => {
  const { attemptId, mdOrder, invoiceId } = await storyOf(payment).settled()
  const shown = await start('cli.ts', ['payment', 'show', attemptId], { DATABASE_URL: payment.url })
  expect(shown.code).toBe(0)
  expect(JSON.parse(shown.out)).toMatchObject({
    attempt: { id: attemptId, invoiceId, state: 'settled', mdOrder },
    invoice: { state: 'paid' },
    ledger: [{}, {}, {}, {}],
    exports: [{ kind: 'invoice' }, { kind: 'payment' }],
  })
  const unknown = await start('cli.ts', ['payment', 'show', crypto.randomUUID()], {
    DATABASE_URL: payment.url,
  })
  expect([unknown.code, unknown.error.trim()]).toEqual([1, 'No such attempt'])
})

test('an operator puts a seller and sees all of them', async () => {
  const run = (...words: string[]) =>
    start('cli.ts', ['legal-entity', ...words], { DATABASE_URL: payment.url })
  const entity = { ...simulatedSeller, numberPrefix: 'К-', name: 'ООО «Командная строка»' }
  const put = await run('put', JSON.stringify(entity))
  const [legalEntityId] = put.out.split(' ')
  expect([put.code, put.out.trim()]).toEqual([0, `${legalEntityId} version 1`])
  const changed = { ...entity, legalEntityId, vatMode: 'reduced' }
  expect((await run('put', JSON.stringify(changed))).out.trim()).toBe(`${legalEntityId} version 2`)
  expect((await run('list')).out).toContain(
    `${legalEntityId}  ООО «Командная строка»  ИНН 7736050003  К-  reduced`,
  )
  const wrong = await run('put', JSON.stringify({ ...entity, inn: '7736050004' }))
  expect([wrong.code, wrong.error.includes('inn: an ИНН'), wrong.error.includes('7736050004')]).toEqual([
    2,
    true,
    false,
  ])
  expect((await run('put', '{')).code).toBe(2)
})

test('migrate says what it applied, a wrong word gets the usage', async () => {
  const done = await start('cli.ts', ['migrate'], { DATABASE_OWNER_URL: payment.ownerUrl })
  expect([done.code, done.out.trim()]).toEqual([0, 'nothing to apply'])
  expect((await start('cli.ts', ['--help'])).code).toBe(0)
  expect((await start('cli.ts', ['pay'])).code).toBe(2)
  const unset = await start('cli.ts', ['migrate'])
  expect([unset.code, unset.error.includes('DATABASE_OWNER_URL is required')]).toEqual([1, true])
})

test('without its settings the service does not start, and says which are missing', async () => {
  const { code, error } = await start('server.ts', [], { VTB_REFUND_ID: 'perhaps' })
  expect(code).toBe(2)
  for (const name of ['VTB_URL', 'VTB_REFUND_ID', 'VTB_CALLBACK_KEY', 'ONEC_MAPPING', 'CLIENT_URL'])
    expect(error).toContain(name)
})
