import { Problem, parseInput } from '@kontora/service'
import type { HonoRequest } from 'hono'
import * as v from 'valibot'

const wrong = (expected: string) =>
  new Problem('invalid-input', 'The body is wrong', { fields: { body: expected } })

/** JSON whatever the content type says; undefined when there is none. */
const readJson = async (request: HonoRequest): Promise<unknown> => {
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength === 0) {
    // Bun drops the body of a GET. Without it a commit of one offset would become one of everything.
    const announced = request.header('transfer-encoding') ?? request.header('content-length') ?? '0'
    if (announced !== '0') throw wrong('sent by POST, a GET is read without its body')
    return undefined
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw wrong('JSON in UTF-8')
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

const most = 50_000

/** One or an array of them. Without a body there are none, where that has a meaning. */
export const readList = async <Schema extends v.GenericSchema>(
  request: HonoRequest,
  schema: Schema,
  { more = {}, required = false }: { more?: object; required?: boolean } = {},
): Promise<v.InferOutput<Schema>[]> => {
  const body = await readJson(request)
  if (body === undefined && required) throw wrong('JSON')
  if (body === undefined) return []
  const list = (Array.isArray(body) ? body : [body]).map((each) =>
    typeof each === 'object' && each !== null ? { ...each, ...more } : each,
  )
  return parseInput(v.pipe(v.array(schema), v.maxLength(most)), list, 'body')
}
