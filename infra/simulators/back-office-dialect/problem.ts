import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as v from 'valibot'

export const problem = (
  c: Context,
  status: ContentfulStatusCode,
  title: string,
  fields?: string[],
): Response =>
  c.json(
    { type: 'about:blank', title, status, ...(fields && { errors: fields.map((field) => ({ field })) }) },
    status,
    {
      'content-type': 'application/problem+json',
    },
  )

/** The parsed value, or a problem that names the wrong fields and repeats nothing of what was sent. */
export const read = <Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> | Response => {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const fields = result.issues.map((issue) => v.getDotPath(issue) ?? 'body')
  return problem(c, 400, 'Wrong fields', [...new Set(fields)])
}

export const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
