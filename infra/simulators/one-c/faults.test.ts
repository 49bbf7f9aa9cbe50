import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { counterparty, invoice, invoiceKey, openOneC } from './call-one-c.ts'

const bills = 'Document_СчетНаОплатуПокупателю'
const bill = `${bills}(guid'${invoiceKey}')`
type Base = ReturnType<typeof openOneC>
const fault = (base: Base, ...faults: object[]) => base.outside('POST', 'faults', { faults })

test('a creation whose answer was lost has been made', async () => {
  using base = openOneC()
  await fault(base, { operation: `POST ${bills}`, kind: 'timeout-after-acting', delayMs: 10 })
  const lost = await base.call('POST', bills, invoice)
  expect([lost.status, lost.headers.get('content-type')?.slice(0, 9)]).toEqual([504, 'text/html'])
  expect((await base.call('GET', bill)).json.СуммаДокумента).toBe(12200.1)
})

test('an error comes as the page of a web server, before anything is done', async () => {
  using base = openOneC()
  await fault(base, { operation: `POST ${bills}`, kind: 'error', status: 502 })
  const failed = await base.call('POST', bills, invoice)
  expect([failed.status, failed.text.startsWith('<html>')]).toEqual([502, true])
  expect((await base.call('GET', bill)).status).toBe(404)
})

test('the journal names each call by its method or action and its set', async () => {
  using base = openOneC()
  await base.call('POST', 'Catalog_Контрагенты', counterparty)
  await base.call('POST', bills, invoice)
  await base.call('POST', `${bill}/Post()`)
  await base.call('GET', `${bills}/$count`)
  await base.call('GET', '')
  await base.call('GET', 'Catalog_%ZZ')
  const { entries } = (await (await base.outside('GET', 'journal')).json()) as {
    entries: { operation: string }[]
  }
  expect(entries.map(({ operation }) => operation)).toEqual([
    'POST Catalog_Контрагенты',
    `POST ${bills}`,
    `Post ${bills}`,
    `GET ${bills}`,
    'GET /',
    'GET ?',
  ])
})

test('more calls at once than sessions wait for one, then are told 406; a call that hangs keeps its session', async () => {
  using base = openOneC()
  await base.outside('POST', 'settings', { sessions: 2, sessionWaitMs: 20 })
  await fault(base, { kind: 'delay', times: 2, delayMs: 200 })
  const storm = await Promise.all(Array.from({ length: 4 }, () => base.call('GET', 'Catalog_Валюты')))
  expect(storm.map(({ status }) => status).sort()).toEqual([200, 200, 406, 406])
  await fault(base, { kind: 'delay', times: 2, delayMs: 40 })
  await base.outside('POST', 'settings', { sessionWaitMs: 2000 })
  const patient = await Promise.all(Array.from({ length: 6 }, () => base.call('GET', 'Catalog_Валюты')))
  expect(patient.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
})

test('a base without a free licence refuses at once, and its journal shows it', async () => {
  using base = openOneC()
  await base.outside('POST', 'settings', { sessions: 0 })
  const refused = await base.call('GET', 'Catalog_Валюты')
  expect([refused.status, refused.text.includes('сеанс')]).toEqual([406, true])
  const { entries } = (await (await base.outside('GET', 'journal')).json()) as { entries: object[] }
  expect(entries).toMatchObject([{ operation: 'GET Catalog_Валюты', status: 406 }])
})

test('the books outlive the process, and the seed is planted once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'one-c-'))
  const store = join(folder, 'one-c.sqlite')
  try {
    for (const status of [201, 400]) {
      using base = openOneC({ store })
      expect((await base.call('POST', bills, invoice)).status).toBe(status)
      expect((await base.call('GET', 'Catalog_Организации')).json.value).toHaveLength(1)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a person sees the documents as a journal, and names are escaped', async () => {
  using base = openOneC()
  await base.call('POST', 'Catalog_Контрагенты', { ...counterparty, Description: '<b>ООО</b>' })
  await base.call('POST', bills, invoice)
  const page = await (await base.outside('GET', 'page')).text()
  expect(page).toContain('Счет на оплату покупателю')
  expect(page).toContain('23.11.2026 10:12:00')
  expect(page).toContain('&lt;b&gt;ООО&lt;/b&gt;')
})

test('settings and sets are shown, wrong ones are refused', async () => {
  using base = openOneC()
  expect((await base.outside('POST', 'settings', { sessions: -1 })).status).toBe(400)
  expect(await (await base.outside('GET', 'settings')).json()).toMatchObject({
    sessions: 10,
    closedBefore: null,
  })
  const set = await base.outside('GET', `entities/${encodeURIComponent('Catalog_Валюты')}`)
  expect(await set.json()).toMatchObject({ entities: [{ Code: '643' }] })
  expect((await base.outside('GET', 'entities/Catalog_X')).status).toBe(404)
})
