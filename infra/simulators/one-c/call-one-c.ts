import { createOneCSimulator, type OneCOptions } from './create-one-c-simulator.ts'
import { seed } from './seed.ts'

type Json = Record<string, unknown> & {
  value: Record<string, unknown>[]
  'odata.error': { code: string; message: { value: string } }
}
export type Answer = { status: number; headers: Headers; text: string; json: Json }

const root = 'http://one-c.test/buh/odata/standard.odata/'
const authorization = `Basic ${Buffer.from('Обмен данными:пароль', 'utf8').toString('base64')}`

/** One base and a caller of it, for tests. */
export const openOneC = (options: OneCOptions = {}) => {
  const simulator = createOneCSimulator({ user: 'Обмен данными', password: 'пароль', ...options })
  const call = async (method: string, path: string, body?: object, headers = {}): Promise<Answer> => {
    const response = await simulator.app.request(root + path, {
      method,
      headers: { authorization, accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} }
  }
  const outside = (method: string, path: string, body?: object): Promise<Response> =>
    Promise.resolve(
      simulator.app.request(`http://one-c.test/_sim/${path}`, {
        method,
        ...(body && { body: JSON.stringify(body) }),
      }),
    )
  return { simulator, call, outside, [Symbol.dispose]: () => simulator.close() }
}

export const counterpartyKey = '22222222-2222-4222-8222-222222222222'
export const invoiceKey = '6f0c2a5e-6a57-4f0b-9f7a-0f5d1c3b2a11'
export const counterparty = {
  Ref_Key: counterpartyKey,
  Description: "ООО О'Хара",
  ИНН: '7736050003',
  КПП: '1',
}
export const invoice = {
  Ref_Key: invoiceKey,
  Date: '2026-11-23T10:12:00',
  Организация_Key: seed.organizationKey,
  Контрагент_Key: counterpartyKey,
  ДоговорКонтрагента_Key: '33333333-3333-4333-8333-333333333333',
  СуммаВключаетНДС: true,
  СуммаДокумента: 12200.1,
  Комментарий: 'ext:INV-000123',
  Товары: [
    {
      LineNumber: '1',
      Номенклатура: seed.nomenclatureKey,
      Номенклатура_Type: 'StandardODATA.Catalog_Номенклатура',
      Содержание: 'Услуга сопровождения, ноябрь 2026',
      Количество: 1,
      Цена: 12200.1,
      Сумма: 12200.1,
      СтавкаНДС: 'НДС22',
      СуммаНДС: 2200.02,
    },
  ],
}
