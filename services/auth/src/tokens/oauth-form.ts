import { describes } from '@kontora/service'
import type { HonoRequest } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { OAuthRefusal, orOAuthError } from './oauth-refusal.ts'

const isForm = (type: string | undefined): boolean =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type ?? '')

/** RFC 6749 section 3.2: a form, each parameter once, unknown ones ignored. */
const readForm = (text: string): Record<string, string> => {
  const entries = [...new URLSearchParams(text)]
  const fields = Object.fromEntries(entries)
  if (Object.keys(fields).length < entries.length)
    throw new OAuthRefusal('invalid_request', 'A parameter stands twice')
  return fields
}

const wrongField = (issue: v.BaseIssue<unknown>): OAuthRefusal => {
  const name = v.getDotPath(issue) ?? 'body'
  if (name === 'grant_type' && issue.received !== 'undefined')
    return new OAuthRefusal(
      'unsupported_grant_type',
      'grant_type: authorization_code, refresh_token or client_credentials',
    )
  return new OAuthRefusal(
    'invalid_request',
    `${name}: ${issue.received === 'undefined' ? 'required' : 'wrong'}`,
  )
}

const parseForm = async <Schema extends v.GenericSchema>(schema: Schema, request: HonoRequest) => {
  if (!isForm(request.header('content-type')))
    throw new OAuthRefusal('invalid_request', 'content-type: application/x-www-form-urlencoded')
  const result = v.safeParse(schema, readForm(await request.text()))
  if (!result.success) throw wrongField(result.issues[0])
  return result.output
}

/** Like `validate`, with the refusals that OAuth prescribes. */
export const oauthForm = <Schema extends v.GenericSchema>(schema: Schema) =>
  describes(
    createMiddleware<{ Variables: { form: v.InferOutput<Schema> } }>((c, next) =>
      orOAuthError(async () => {
        c.set('form', await parseForm(schema, c.req))
        await next()
      }),
    ),
    { input: { form: schema } },
  )
