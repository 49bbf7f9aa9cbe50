import { expect, test } from 'bun:test'
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { allEvents, asyncApiDocument } from '../../../packages/events/asyncapi/document.ts'
import { toEnvelope } from '../../../packages/events/catalogue/event-type.ts'
import * as catalogue from '../../../packages/events/catalogue/index.ts'
import { services } from '../secrets.ts'
import { asyncApiFile, asyncApiText } from './write-asyncapi.ts'

type Message = { payload: { properties: { data: { properties?: object; required?: string[] } } } }
type Document = {
  channels: Record<string, { messages: Record<string, object> }>
  operations: Record<string, { messages: { $ref: string }[] }>
  components: { messages: Record<string, Message> }
}
const document = asyncApiDocument(services) as Document
const ajv = () => new Ajv({ strict: false, validateFormats: false, allErrors: true })

test('the document is an AsyncAPI 3 one, by the specification’s own schema', () => {
  const validate = ajv().compile(specs.schemasWithoutId['3.0.0'] as object)
  const valid = validate(document)
  expect(validate.errors ?? []).toEqual([])
  expect(valid).toBe(true)
  expect(validate({ ...document, asyncapi: '2.6.0' })).toBe(false)
})

test('it names each event of the catalogue once, under its topic, and every reference leads somewhere', () => {
  const events = allEvents(services)
  const exported = Object.values(catalogue).filter((one) => typeof one === 'object' && 'topic' in one)
  expect(events.length).toBe(exported.length + services.length)
  expect(Object.keys(document.components.messages).sort()).toEqual(events.map(({ type }) => type).sort())
  for (const { type, topic } of events) expect(document.channels[topic]?.messages).toHaveProperty([type])
  const references = Array.from(
    JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g),
    ([, path]) => path ?? '',
  )
  expect(references.length).toBeGreaterThan(events.length)
  for (const path of references) expect(document).toHaveProperty(path.split('/'))
})

test('an event as it is emitted fits its own payload and no other event’s', () => {
  const id = '01900000-0000-7000-8000-000000000000'
  const data = { userId: id, sessionId: id }
  const envelope = toEnvelope({
    id,
    type: 'auth.session-revoked',
    source: 'auth',
    subject: id,
    data,
    version: 1,
    time: new Date(0),
  })
  const fits = (type: string, one: unknown) =>
    ajv().compile(document.components.messages[type]?.payload ?? {})(one)
  expect(fits('auth.session-revoked', envelope)).toBe(true)
  expect(fits('auth.refresh-reused', envelope)).toBe(false)
  expect(fits('auth.session-revoked', { ...envelope, data: { userId: id } })).toBe(false)
})

test('the file is what the catalogue says today', async () => {
  expect(JSON.parse(await Bun.file(asyncApiFile).text())).toEqual(JSON.parse(asyncApiText()))
})
