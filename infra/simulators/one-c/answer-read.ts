import type { Store } from '../frame/store.ts'
import { type Address, base, isAction } from './address.ts'
import { describeMetadata } from './describe-metadata.ts'
import { entitySet, entitySets, sectionSets } from './entity-sets.ts'
import { listEntities } from './entity-store.ts'
import { type Entity, propertiesOf, type Row } from './field.ts'
import { type Format, readQuery } from './read-query.ts'
import { Refusal } from './refusal.ts'
import { filtered, ordered, paged, type Readable, selection } from './select-entities.ts'
import { existing } from './write-entity.ts'

export const rootOf = (url: string): string => new URL(base, url).href

export const jsonAnswer = (body: object, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
  })

const withMetadata = (body: object, url: string, { metadata }: Format, of: string): object =>
  metadata ? { 'odata.metadata': `${rootOf(url)}$metadata${of}`, ...body } : body

export const entityAnswer = (entity: Entity, set: string, url: string, format: Format): object =>
  withMetadata(entity, url, format, `#${set}/@Element`)

export const needsJson = ({ json }: Format): void => {
  // The real one would answer in Atom, which no client of ours reads either.
  if (!json) throw new Refusal('3', 'Тип представления не поддерживается: запросите JSON')
}

const plain = (body: string | Uint8Array<ArrayBuffer>, type: string): Response =>
  new Response(body, { headers: { 'content-type': type } })

export const answerRead = (store: Store, url: string, address: Address, format: Format): Response => {
  const { set, key, tail } = address
  if (set === '$metadata') return plain(describeMetadata(), 'application/xml;charset=utf-8')
  const query = readQuery(url)
  if (set === '') {
    needsJson(format)
    const names = [...entitySets.keys(), ...sectionSets.keys()]
    return jsonAnswer(withMetadata({ value: names.map((name) => ({ name, url: name })) }, url, format, ''))
  }
  if (key !== undefined) return answerEntity(store, url, { set, key, tail }, format)
  const { readable, entities } = readSet(store, set)
  const found = filtered(entities(), readable, query)
  // With a byte order mark, as the real one was seen to do.
  if (tail === '$count') return plain(`\uFEFF${found.length}`, 'text/plain;charset=utf-8')
  if (tail !== '') throw new Refusal('0', 'Возможность не поддерживается')
  needsJson(format)
  const value = paged(ordered(found, readable, query), query).map(selection(readable, query))
  const count = query.get('$inlinecount') === 'allpages' && { 'odata.count': String(found.length) }
  return jsonAnswer(withMetadata({ ...count, value }, url, format, `#${set}`))
}

const readSet = (store: Store, name: string): { readable: Readable; entities: () => Entity[] } => {
  const rows = sectionSets.get(name)
  if (!rows) {
    const { fields, sections } = entitySet(name)
    return {
      readable: { properties: propertiesOf(fields), sections },
      entities: () => listEntities(store, name),
    }
  }
  return {
    readable: { properties: propertiesOf(rows.fields), sections: {} },
    entities: () =>
      listEntities(store, rows.owner.name).flatMap(({ Ref_Key: key = '', ...owner }) =>
        (owner[rows.section] as Row[]).map((row): Entity => ({ Ref_Key: key as string, ...row })),
      ),
  }
}

const answerEntity = (store: Store, url: string, at: Required<Address>, format: Format): Response => {
  const set = entitySet(at.set)
  const entity = existing(store, set, at.key)
  const [property = '', ...rest] = at.tail.split('/')
  if (set.fields[property]?.kind === 'storage' && ['', '$value'].includes(rest.join('/')))
    return plain(
      Uint8Array.from(Buffer.from(String(entity[`${property}_Base64Data`]), 'base64')),
      String(entity[`${property}_Type`]) || 'application/octet-stream',
    )
  if (isAction(at.tail)) throw new Refusal('19', 'Метод HTTP не применим к ресурсу')
  if (at.tail !== '') throw new Refusal('0', 'Возможность не поддерживается')
  needsJson(format)
  const select = selection({ properties: propertiesOf(set.fields), sections: set.sections }, readQuery(url))
  return jsonAnswer(entityAnswer(select(entity), at.set, url, format))
}
