import { Problem, parseInput } from '@kontora/service'
import type { HonoRequest } from 'hono'
import * as v from 'valibot'
import { readJson, wrongBody } from '../http/read-body.ts'
import { mostItems } from '../http/schema.ts'
import type { Resources } from '../resources.ts'
import { AnyMessage, AnyMessageOrTombstone, isLarger, isMessage } from './message.ts'

export const TombstonesHeader = v.object({
  'kafka-tombstones': v.optional(v.picklist(['true', 'false']), 'false'),
})

const isRecord = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null

/** One or an array of them; the topic of the path is that of each. */
export const readMessages = async (
  request: HonoRequest,
  settings: Resources['settings'],
  topic?: string,
): Promise<AnyMessage[]> => {
  const name = 'kafka-tombstones'
  const tombstones =
    parseInput(TombstonesHeader, { [name]: request.header(name) }, 'headers')[name] === 'true'
  const body = await readJson(request)
  if (body === undefined) throw wrongBody('JSON')
  const list: unknown[] = Array.isArray(body) ? body : [body]
  if (topic !== undefined) for (const each of list) if (isRecord(each)) each.topic = topic
  return checkMessages(list, tombstones, settings)
}

export const checkMessages = (
  list: unknown[],
  tombstones: boolean,
  { MESSAGE_MAX_BYTES: mostBytes }: Resources['settings'],
): AnyMessage[] => {
  const isRight = (each: unknown): each is AnyMessage => isMessage(each, tombstones)
  const schema = v.pipe(v.array(tombstones ? AnyMessageOrTombstone : AnyMessage), v.maxLength(mostItems))
  const messages = list.length <= mostItems && list.every(isRight) ? list : parseInput(schema, list, 'body')
  if (messages.some((each) => isLarger(each, mostBytes)))
    throw new Problem('too-large', 'A message is too large', {
      fields: { value: `with key and headers at most ${mostBytes} bytes` },
    })
  return messages
}
