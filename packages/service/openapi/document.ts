import { toJsonSchema } from '@valibot/to-json-schema'
import type { Hono } from 'hono'
import type * as v from 'valibot'
import { type ProblemCode, statusOf } from '../problem.ts'
import { type Operation, operationOf } from './operation.ts'

type Json = Record<string, unknown>
type Info = { title: string; version: string; description?: string }

const jsonSchema = (schema: v.GenericSchema, typeMode: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    errorMode: 'ignore',
    typeMode,
    target: 'draft-2020-12',
  }) as Json
  return rest
}

const merged = (entries: Operation[]): Operation =>
  Object.assign({}, ...entries, {
    answers: Object.assign({}, ...entries.map(({ answers }) => answers)),
    problems: entries.flatMap(({ problems }) => problems ?? []),
    input: Object.assign({}, ...entries.map(({ input }) => input)),
    headers: Object.assign({}, ...entries.map(({ headers }) => headers)),
  })

const parameters = ({ input, headers }: Operation, path: string): Json[] => {
  const fields = (target: 'param' | 'query', place: string): Json[] => {
    const schema = input?.[target]
    if (!schema) return []
    const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
      properties?: Json
      required?: string[]
    }
    return Object.entries(properties).map(([name, field]) => ({
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      schema: field,
    }))
  }
  const named = [...fields('param', 'path'), ...fields('query', 'query')]
  const known = new Set(named.map(({ name }) => name))
  const unnamed = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name)
    .filter((name) => !known.has(name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const ofHeaders = Object.entries(headers ?? {}).map(([name, { about, required }]) => ({
    name,
    in: 'header',
    required,
    description: about,
    schema: { type: 'string' },
  }))
  return [...named, ...unnamed, ...ofHeaders]
}

const requestBody = ({ input }: Operation): Json | undefined => {
  const [type, schema] = input?.json
    ? ['application/json', input.json]
    : ['application/x-www-form-urlencoded', input?.form]
  return schema && { required: true, content: { [type]: { schema: jsonSchema(schema, 'input') } } }
}

const answer = (body: v.GenericSchema | string | null): Json => {
  if (body === null) return { description: 'Done' }
  if (typeof body === 'string')
    return { description: 'Done', content: { [body]: { schema: { type: 'string' } } } }
  return { description: 'Done', content: { 'application/json': { schema: jsonSchema(body, 'output') } } }
}

const refusals = (problems: readonly ProblemCode[]): Json => {
  const byStatus = Map.groupBy(new Set(problems), statusOf)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `/problems/${code}`).join(' or '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

const operationObject = (entry: Operation, path: string): Json => ({
  summary: entry.summary,
  ...(entry.permission && { 'x-permission': entry.permission }),
  ...(entry.secondProof && { 'x-second-proof': true }),
  parameters: parameters(entry, path),
  requestBody: requestBody(entry),
  responses: {
    ...refusals([...(entry.problems ?? []), 'unavailable', 'internal']),
    // What a route says of itself has the last word.
    ...Object.fromEntries(
      Object.entries(entry.answers ?? {}).map(([status, body]) => [status, answer(body)]),
    ),
  },
  security: entry.security && entry.security !== 'none' ? [{ [entry.security]: [] }] : [],
})

const problemSchema = {
  type: 'object',
  description:
    'RFC 9457. `type` is stable, `title` is for people, `fields` names what is wrong, never its value.',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    fields: { type: 'object', additionalProperties: { type: 'string' } },
  },
}

const openApiPath = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}')

/** OpenAPI 3.1, read from what the routes' own middlewares say of themselves; a route without `describe` is left out. */
export const openApiDocument = (app: Pick<Hono, 'routes'>, info: Info): Json => {
  const routes = app.routes.filter(({ method, handler }) => method !== 'ALL' && operationOf(handler))
  const byRoute = Map.groupBy(routes, ({ method, path }) => `${method} ${path}`)
  const paths: Record<string, Json> = {}
  for (const [key, ofRoute] of byRoute) {
    const [method = '', route = ''] = key.split(' ')
    const entry = merged(ofRoute.flatMap(({ handler }) => operationOf(handler) ?? []))
    const path = openApiPath(route)
    if (entry.summary) paths[path] = { ...paths[path], [method.toLowerCase()]: operationObject(entry, path) }
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        basic: { type: 'http', scheme: 'basic' },
      },
    },
  }
}
