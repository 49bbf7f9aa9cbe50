import { Refusal } from './refusal.ts'

export const base = '/buh/odata/standard.odata/'

export type Address = { set: string; key?: string; tail: string }

const shape = /^([^/()]+)(?:\(([^)]*)\))?(?:\/(.*))?$/u
const keyShape = /^(?:Ref_Key=)?guid'([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})'$/i

const relativePath = (url: string): string => {
  const { pathname } = new URL(url)
  try {
    return decodeURIComponent(pathname.slice(base.length))
  } catch {
    throw new Refusal('6', 'Неверный URL')
  }
}

/** `Set`, `Set(guid'…')`, `Set(guid'…')/Post()`, `Set/$count`; the root has the empty name. */
export const readAddress = (url: string): Address => {
  const path = relativePath(url)
  if (path === '') return { set: '', tail: '' }
  const [, set, brackets, tail = ''] = shape.exec(path) ?? []
  if (!set) throw new Refusal('6', 'Неверный URL')
  if (brackets === undefined) return { set, tail: tail.replace(/\(\)$/, '') }
  if (brackets === '') throw new Refusal('7', 'Не указана часть ключа')
  const key = keyShape.exec(brackets)?.[1]?.toLowerCase()
  if (!key) throw new Refusal(brackets.includes('LineNumber') ? '0' : '6', 'Неверный ключ сущности')
  return { set, key, tail: tail.replace(/\(\)$/, '') }
}

export const isAction = (tail: string): tail is 'Post' | 'Unpost' => tail === 'Post' || tail === 'Unpost'

/** As the journal and the faults name a call: `GET Catalog_Валюты`, `Post Document_…`; undefined is not OData. */
export const operationOf = (method: string, url: string): string | undefined => {
  if (!new URL(url).pathname.startsWith(base.slice(0, -1))) return undefined
  try {
    const { set, tail } = readAddress(url)
    return `${method === 'POST' && isAction(tail) ? tail : method} ${set || '/'}`
  } catch {
    return `${method} ?`
  }
}
