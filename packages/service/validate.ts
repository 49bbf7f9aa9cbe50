import type { Context, Env, Next, ValidationTargets } from 'hono'
import { validator } from 'hono/validator'
import * as v from 'valibot'
import { expectationOf } from './expectation.ts'
import { describes } from './openapi/operation.ts'
import { Problem } from './problem.ts'

const isUnknownField = (issue: v.BaseIssue<unknown>): boolean =>
  issue.type === 'strict_object' && issue.expected === 'never'

const expected = (issue: v.BaseIssue<unknown>): string => {
  if (isUnknownField(issue)) return 'unknown field'
  return issue.received === 'undefined' ? 'required' : expectationOf(issue)
}

/** A field's name comes from the caller where it is unknown to us, or a record's key: only plain ones are told back. */
const fieldName = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue) ?? 'body'
  return /^[\w.-]{1,100}$/.test(path) ? path : 'unknown field'
}

export const wrongFields = (
  issues: [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): Record<string, string> => Object.fromEntries(issues.map((issue) => [fieldName(issue), expected(issue)]))

/** Parses outside of a route too: a partner's answer stays the partner's fault, so this is for callers' input only. */
export const parseInput = <Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what = 'input',
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  throw new Problem('invalid-input', `The ${what} is wrong`, { fields: wrongFields(result.issues) })
}

const isJson = (type: string | undefined): boolean =>
  /^application\/([a-z.-]+\+)?json\s*(;|$)/i.test(type ?? '')
const isForm = (type: string | undefined): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type ?? '')

const refuseOtherTypes = (target: keyof ValidationTargets, c: Context): void => {
  const type = c.req.header('content-type')
  if (target === 'json' && !isJson(type))
    throw new Problem('unsupported-media-type', 'Send JSON', {
      fields: { 'content-type': 'application/json' },
    })
  if (target === 'form' && !isForm(type))
    throw new Problem('unsupported-media-type', 'Send a form', {
      fields: { 'content-type': 'application/x-www-form-urlencoded' },
    })
}

/** Refuses what does not fit the schema with each wrong field's name and expectation; enters the schema in the OpenAPI document. */
export const validate = <Target extends keyof ValidationTargets, Schema extends v.GenericSchema>(
  target: Target,
  schema: Schema,
) => {
  const check = validator(target, (value: unknown) => parseInput(schema, value, target))
  const middleware = (async (c: Context<Env, string>, next: Next) => {
    refuseOtherTypes(target, c)
    return check(c as never, next)
  }) as typeof check
  return describes(middleware, {
    input: { [target]: schema },
    problems:
      target === 'json' || target === 'form'
        ? ['invalid-input', 'unsupported-media-type', 'too-large']
        : ['invalid-input'],
  })
}
