import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase } from '@kontora/testing'
import { checkMapping, type Finding, type OneCMapping, openOneC } from './index.ts'

let simulator: Simulator
beforeEach(() => {
  simulator = (simulators['one-c'] as (options: object) => Simulator)({ user: 'у', password: 'п' })
})
afterEach(() => simulator.close())

const check = (changes: Partial<OneCMapping> = {}): Promise<Finding[]> =>
  checkMapping(
    openOneC({
      url: 'http://one-c.test/buh',
      user: 'у',
      password: 'п',
      mapping: { ...simulatedBase, ...changes },
      concurrency: 1,
      fetch: (url, init) => simulator.app.request(url, init),
      now: () => new Date('2026-11-23T00:00:00Z'),
      wait: async () => {},
    }),
  )
const wrongIn = (findings: Finding[]): string[] =>
  findings.filter(({ answer }) => answer === 'no').map(({ question, detail }) => `${question} | ${detail}`)

test('a mapping that fits has nothing wrong, and what nobody can ask is left to people', async () => {
  const findings = await check()
  expect(wrongIn(findings)).toEqual([])
  expect(findings.filter(({ answer }) => answer === 'unknown').map(({ question }) => question)).toContain(
    'Дата запрета изменения',
  )
  expect(findings.filter(({ question }) => question.includes('Document_ОплатаПлатежнойКартой'))).toHaveLength(
    1,
  )
})

test('a set that is not there, a misnamed property, a misnamed one of a row, a constant: each is named', async () => {
  const { documents } = simulatedBase
  const wrong = wrongIn(
    await check({
      documents: {
        ...documents,
        invoice: { ...documents.invoice, fields: { amount: 'Сумма' }, rowFields: { vatRate: 'НДС' } },
        card: { ...documents.card, set: 'Document_Нет' },
        refund: { ...documents.refund, constants: { Склад_Key: 'x' }, fields: { purpose: null } },
      },
    }),
  )
  expect(wrong).toHaveLength(3)
  expect(wrong.join('\n')).toContain('нет: Сумма, Товары.НДС')
  expect(wrong.join('\n')).toContain(
    'Document_Нет: в составе OData, и все реквизиты по настройке есть | нет в составе',
  )
  expect(wrong.join('\n')).toContain('нет: Склад_Key')
})

test('a key that the base does not know, or that is of something deleted, is told', async () => {
  const unknown = '99999999-9999-4999-8999-999999999999'
  expect(wrongIn(await check({ organizationKey: unknown }))).toEqual([
    'Ключ из настройки: организация | Catalog_Организации не знает этого ключа',
  ])
  const accounts = { ...simulatedBase.accounts, buyers: simulatedBase.organizationKey }
  expect(wrongIn(await check({ accounts }))).toHaveLength(1)
})
