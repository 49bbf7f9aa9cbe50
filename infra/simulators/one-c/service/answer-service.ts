import type { Context } from 'hono'
import * as v from 'valibot'
import { takeFault } from '../../frame/faults.ts'
import type { Env } from '../../frame/simulator.ts'
import type { Store } from '../../frame/store.ts'
import type { Entity } from '../field.ts'
import { isGuid } from '../read-field.ts'
import { CancellationBody, CounterpartyBody, InvoiceBody, PaymentBody, RefundBody } from './bodies.ts'
import {
  cancelResource,
  putCounterparty,
  putInvoice,
  putPayment,
  putRefund,
  wallClock,
} from './put-resource.ts'
import type { ResourceKind } from './resource-store.ts'
import { refusalBody, ServiceRefusal, serviceRefusalOf } from './service-refusal.ts'
import { answerOf, showDocuments, showResource } from './show-resource.ts'

export const serviceBase = '/buh/hs/integration/v1/'

const kinds: Record<string, ResourceKind> = { invoices: 'invoice', payments: 'payment', refunds: 'refund' }

/** As the journal and the faults name a call: `PUT invoices`, `PUT cancellation`, `GET ping`. */
export const serviceOperation = (method: string, url: string): string | undefined => {
  const { pathname } = new URL(url)
  if (!pathname.startsWith(serviceBase)) return undefined
  const [resource, , part] = pathname.slice(serviceBase.length).split('/')
  return `${method} ${part ?? resource}`
}

const readBody = async <Schema extends v.GenericSchema>(
  c: Context<Env>,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  const body = v.safeParse(schema, await c.req.json().catch(() => null))
  if (!body.success) {
    const path = v.getDotPath(body.issues[0]) ?? ''
    throw new ServiceRefusal(400, 'BAD_REQUEST', `Неверное значение: ${path}`)
  }
  return body.output
}

const noted = (c: Context<Env>, entity: Entity): object => {
  c.set('journal', { Ref_Key: entity.Ref_Key, Number: entity.Number, Posted: entity.Posted })
  return answerOf(entity)
}

const put = async (c: Context<Env>, store: Store, [resource, id = '', part]: string[], now: Date) => {
  if (c.req.header('idempotency-key') !== id)
    throw new ServiceRefusal(400, 'BAD_REQUEST', 'Idempotency-Key не равен ключу ресурса')
  if (part === 'cancellation' && (resource === 'invoices' || resource === 'payments')) {
    const { mode } = await readBody(c, CancellationBody)
    return noted(c, cancelResource(store, resource === 'invoices' ? 'invoice' : 'payment', id, mode))
  }
  if (part !== undefined) return undefined
  switch (resource) {
    case 'counterparties': {
      const entity = putCounterparty(store, id, await readBody(c, CounterpartyBody))
      return { ref: entity.Ref_Key, code: entity.Code }
    }
    case 'invoices':
      return noted(c, putInvoice(store, id, await readBody(c, InvoiceBody), now))
    case 'payments':
      return noted(c, putPayment(store, id, await readBody(c, PaymentBody), now))
    case 'refunds':
      return noted(c, putRefund(store, id, await readBody(c, RefundBody), now))
    default:
      return undefined
  }
}

const get = (c: Context<Env>, store: Store, [resource = '', id, part]: string[], now: Date) => {
  if (resource === 'ping' && id === undefined)
    return { ok: true, config: 'БП 3.0 (имитация)', time: now.toISOString() }
  if (resource === 'documents' && id === undefined) {
    const { from = '', to = '', cursor = '0' } = c.req.query()
    return showDocuments(store, wallClock(from), wallClock(to), Number(cursor))
  }
  const kind = kinds[resource]
  return kind && id && part === undefined ? showResource(store, kind, id) : undefined
}

const handle = async (c: Context<Env>, store: Store, now: Date): Promise<object | undefined> => {
  const path = c.req.path.slice(serviceBase.length).split('/')
  const [resource, id] = path
  if (id !== undefined && !isGuid(id))
    throw new ServiceRefusal(400, 'BAD_REQUEST', `Неверный ключ: ${resource}`)
  if (id !== undefined) path[1] = id.toLowerCase()
  return c.req.method === 'PUT' ? put(c, store, path, now) : get(c, store, path, now)
}

/** What an exception in a handler looks like from outside: the platform gives away its text. */
const exception = (c: Context<Env>): Response => {
  c.set('journal', { exception: true })
  return c.text(
    '{ОбщийМодуль.ОбменИнтеграция.Модуль(118)}: Отказ конфигурации: обработчик не разрешил запись',
    500,
  )
}

const bom = (body: object): Response =>
  new Response(`\uFEFF${JSON.stringify(body)}`, {
    headers: { 'content-type': 'application/json; charset=utf-8' },
  })

/** The service that a customer's 1С programmer has written by the contract. */
export const answerService = async (c: Context<Env>, store: Store, now: Date): Promise<Response> => {
  if (!['GET', 'PUT'].includes(c.req.method)) return c.body(null, 405)
  const operation = serviceOperation(c.req.method, c.req.url) ?? ''
  const fault = takeFault(store, operation, ['refusal', 'bom'])
  if (fault?.kind === 'refusal') return exception(c)
  try {
    const body = await handle(c, store, now)
    // No template fits: the platform's own 404, without a word of the service.
    if (!body) return c.body(null, 404)
    return fault ? bom(body) : c.json(body)
  } catch (error) {
    const refusal = serviceRefusalOf(error)
    if (!refusal) throw error
    c.set('journal', { code: refusal.code })
    return c.json(refusalBody(refusal), refusal.status)
  }
}
