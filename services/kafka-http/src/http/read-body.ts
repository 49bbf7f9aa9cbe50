import { Problem, parseInput } from '@kontora/service'
import type { HonoRequest } from 'hono'
import * as v from 'valibot'
import { mostItems } from './schema.ts'

export const wrongBody = (expected: string) =>
  new Problem('invalid-input', 'The body is wrong', { fields: { body: expected } })

/** What a webhook sends is kept as it is, its byte order mark too. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 whatever the content type says; empty when there is none. */
export const readText = async (request: HonoRequest): Promise<string> => {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength === 0) {
    // Bun's own server drops the body of a GET. Without it a commit of one offset would become one of everything.
    const announced = request.header('transfer-encoding') ?? request.header('content-length') ?? '0'
    if (announced !== '0') throw wrongBody('sent by POST, for GET_BODIES is off')
    return ''
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw wrongBody('UTF-8')
  }
}

/** Undefined when there is no body. */
export const readJson = async (request: HonoRequest): Promise<unknown> => {
  const text = await readText(request)
  if (text === '') return undefined
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw wrongBody('JSON in UTF-8')
  }
}

/** `more` is what the path or the query says; the body has the last word. */
export const readObject = async <Schema extends v.GenericSchema>(
  request: HonoRequest,
  schema: Schema,
  more: object = {},
): Promise<v.InferOutput<Schema>> => {
  const body = (await readJson(request)) ?? {}
  const isObject = typeof body === 'object' && !Array.isArray(body)
  return parseInput(schema, isObject ? { ...more, ...body } : body, 'body')
}

/** One or an array of them. Without a body there are none, where that has a meaning. */
export const readList = async <Schema extends v.GenericSchema>(
  request: HonoRequest,
  schema: Schema,
): Promise<v.InferOutput<Schema>[]> => {
  const body = await readJson(request)
  if (body === undefined) return []
  const list = Array.isArray(body) ? body : [body]
  return parseInput(v.pipe(v.array(schema), v.maxLength(mostItems)), list, 'body')
}
