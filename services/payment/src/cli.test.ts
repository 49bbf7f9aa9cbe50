import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simulatedSeller } from '@kontora/testing'
import { registryText } from './registries/testing-registry.node.ts'
import {
  document,
  inCodePage,
  inUtf8,
  section,
  statementText,
} from './statements/text-file/testing-file.node.ts'
import { mapping, openTestPayment, type TestPayment } from './testing.node.ts'
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
    invoice: { invoiceId, state: 'paid' },
    attempts: [{ attemptId, state: 'settled', mdOrder }],
    ledger: [{}, {}, {}, {}],
    exports: [{ kind: 'invoice' }, { kind: 'payment' }],
  })
  const unknown = await start('cli.ts', ['payment', 'show', crypto.randomUUID()], {
    DATABASE_URL: payment.url,
  })
  expect([unknown.code, unknown.error.trim()]).toEqual([1, 'No such payment'])
  const told = await start('cli.ts', ['payment', 'history', mdOrder], { DATABASE_URL: payment.url })
  expect([told.code, told.out]).toEqual([0, expect.stringContaining('booked attempt-settled')])
})

test('an operator sees what waits for a person, decides it, and gives money back once', async () => {
  const env = { DATABASE_URL: payment.url }
  const run = (...words: string[]) => start('cli.ts', words, env)
  expect((await run('attention')).out.trim()).toBe('nothing waits for a person')
  const made = await storyOf(payment).attempt({ priceKopecks: 1000 })
  await payment.ownerSql`update attempts set amount_kopecks = 999 where id = ${made.attemptId}`
  await storyOf(payment).pay(made.mdOrder)
  await payment.advance(3000)
  await payment.run('ask-bank')
  expect((await run('attention')).out).toMatch(new RegExp(`attempt +${made.attemptId} .*amount`))
  const decide = (...words: string[]) => run('attempt', 'decide', made.attemptId, ...words)
  for (const wrong of [
    ['settled', '10.5', 'card', 'r'],
    ['settled', '1000', 'cash', 'r'],
    ['failed'],
    ['perhaps', 'r'],
  ])
    expect([wrong, (await decide(...wrong)).code]).toEqual([wrong, 2])
  expect((await decide('settled', '1000', 'card', 'по', 'выписке')).out.trim()).toBe(
    `${made.attemptId} is settled`,
  )
  expect((await decide('failed', 'r')).code).toBe(1)
  const refund = (reason: string) => run('refund', 'make', made.attemptId, '300', reason)
  expect((await refund('вернули часть')).out).toContain('is requested')
  const again = await refund('вернули часть')
  expect([again.code, again.error]).toEqual([1, expect.stringContaining('was asked for already')])
  expect((await refund('и ещё')).code).toBe(0)
  const [kept] = await payment.sql<{ refunded: number }[]>`
    select refunded_kopecks as refunded from attempts where id = ${made.attemptId}`
  expect(kept?.refunded).toBe(600)
}, 60_000)

test('an operator lists, retries and leaves out exports, closes 1С and opens it again', async () => {
  const env = { DATABASE_URL: payment.url }
  const story = storyOf(payment)
  await payment.base.ask('POST', 'settings', { closedBefore: '2027-01-01' })
  const { invoiceId } = await story.invoice()
  const other = await story.invoice()
  await payment.advance(60_000)
  await payment.run('export-to-one-c')
  await payment.base.ask('POST', 'settings', { closedBefore: null })
  const list = await start('cli.ts', ['exports', 'list'], env)
  expect([list.code, list.out.includes(invoiceId), list.out.includes('закрыт')]).toEqual([0, true, true])
  const out = async (...words: string[]) => (await start('cli.ts', words, env)).out.trim()
  expect(await out('exports', 'leave-out', other.invoiceId, 'внесён', 'вручную')).toContain('left-out')
  expect(await out('one-c', 'pause')).toBe('1С is paused')
  expect(await out('one-c', 'state')).toContain('by-operator')
  expect(await out('one-c', 'resume')).toBe('1С is open')
  expect(Number((await out('exports', 'retry', '-1')).split(' ')[0])).toBeGreaterThanOrEqual(1)
  expect((await start('cli.ts', ['exports', 'retry', other.invoiceId], env)).code).toBe(0)
  expect((await start('cli.ts', ['exports', 'leave-out', invoiceId], env)).code).toBe(2)
  expect((await start('cli.ts', ['exports', 'list', 'lost'], env)).code).toBe(2)
}, 30_000)

test('a mapping is checked against the base, and documents are compared, by the operators’ commands', async () => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => payment.base.app.fetch(request),
  })
  const env = (changes = {}) => ({
    DATABASE_URL: payment.url,
    ONEC_URL: `http://127.0.0.1:${server.port}/buh`,
    ONEC_USER: 'Обмен',
    ONEC_PASSWORD: 'пароль',
    ONEC_MAPPING: JSON.stringify({ ...mapping, ...changes }),
  })
  try {
    const right = await start('cli.ts', ['one-c', 'check'], env())
    expect([right.code, right.out.includes('✗'), right.out.includes('Дата запрета')]).toEqual([
      0,
      false,
      true,
    ])
    const vat = { '22': 'НДС22' }
    const wrong = await start(
      'cli.ts',
      ['one-c', 'check'],
      env({ vat, organizationKey: crypto.randomUUID() }),
    )
    expect([wrong.code, wrong.error.includes('нет: 0, 10'), wrong.error.includes('организация')]).toEqual([
      1,
      true,
      true,
    ])
    const away = await start('cli.ts', ['one-c', 'check'], { ...env(), ONEC_PASSWORD: 'нет' })
    expect([away.code, away.error.trim()]).toEqual([1, '1С: access (401)'])
    const compared = await start('cli.ts', ['one-c', 'compare'], env())
    expect([compared.code, compared.out]).toEqual([0, expect.stringContaining('documents compared')])
  } finally {
    await server.stop(true)
  }
}, 30_000)

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

test('an operator takes in a statement and a registry, proves the day, and reads what differs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kontora-books-'))
  const env = { DATABASE_URL: payment.url }
  const write = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  const statement = write('kl_to_1c.txt', inCodePage(statementText(section(), document()), 'windows-1251'))
  const first = await start('cli.ts', ['statement', 'import', statement], env)
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('1 lines: 1 new, 0 changed, 0 gone')])
  expect(first.error).toContain('1 of 1 lines')
  const again = await start('cli.ts', ['statement', 'import', statement], env)
  expect(again.out).toContain('known already, nothing has changed')
  const operation = { order: 'FOREIGN', day: '23.11.2026', gross: 100, commission: 1, paidOn: '24.11.2026' }
  const registry = write('registry.csv', inUtf8(registryText([operation])))
  expect((await start('cli.ts', ['registry', 'import', registry], env)).out).toContain('1 operations: 1 new')
  const proved = await start('cli.ts', ['reconcile', '2026-11-23'], env)
  expect([proved.code, proved.out]).toEqual([0, expect.stringContaining('missing-at-ours')])
  expect(proved.error).toContain('"event":"bank-difference"')
  expect((await start('cli.ts', ['differences'], env)).out).toContain('missing-at-ours')
  const wrong = await start('cli.ts', ['statement', 'import', registry], env)
  expect([wrong.code, wrong.error]).toEqual([2, expect.stringContaining('line 1: 1CClientBankExchange')])
  expect((await start('cli.ts', ['statement', 'import', `${folder}/none`], env)).code).toBe(2)
  expect((await start('cli.ts', ['reconcile', 'today'], env)).code).toBe(2)
  rmSync(folder, { recursive: true })
}, 30_000)

test('an operator says for which invoice a transfer is, and takes it back', async () => {
  const other = await openTestPayment()
  const { invoiceId } = await storyOf(other).invoice(1_220_000)
  const run = (...words: string[]) => start('cli.ts', words, { DATABASE_URL: other.url, RECEIPTS: 'none' })
  const folder = mkdtempSync(join(tmpdir(), 'kontora-books-'))
  writeFileSync(
    join(folder, 'statement.txt'),
    inUtf8(statementText(section(), document({ НазначениеПлатежа: 'x' }))),
  )
  await run('statement', 'import', join(folder, 'statement.txt'))
  rmSync(folder, { recursive: true })
  const [transfer] = await other.sql<{ id: string }[]>`select id from transfers where state = 'unidentified'`
  const id = String(transfer?.id)
  expect((await run('transfer', 'list')).out).toContain(
    `${id}  2026-11-23  in  payment  1220000 of 1220000 kopecks`,
  )
  const part = await run('transfer', 'match', id, invoiceId, '220000', 'письмо', 'плательщика')
  expect(part.out.trim()).toBe(`${id} is unidentified`)
  expect((await run('transfer', 'match', id, invoiceId, 'остаток')).out.trim()).toBe(`${id} is matched`)
  const paid = await other.sql`select state, paid_kopecks from invoices where id = ${invoiceId}`
  expect(paid[0]).toEqual({ state: 'paid', paidKopecks: 1_220_000 })
  expect((await run('transfer', 'match', id, invoiceId)).code).toBe(2)
  expect((await run('transfer', 'unmatch', id, 'не', 'тот')).out.trim()).toBe(`${id} is unidentified`)
  const matched =
    await other.sql`select matched_by, unmatched_by from transfer_matches where transfer_id = ${id}`
  expect(matched[0]).toEqual({ matchedBy: 'operator', unmatchedBy: 'operator' })
  await other.close()
}, 60_000)

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
