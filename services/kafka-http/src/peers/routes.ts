import { Problem, parseInput } from '@kontora/service'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { readObject } from '../http/read-body.ts'
import type { Adoption } from '../log/message-log.ts'
import type { Resources } from '../resources.ts'
import { isTokenOf } from './registry.ts'

type Env = { Bindings: Resources }

/** Only the other gateways, which know this one's token from their database. */
const fromPeer = () =>
  createMiddleware<Env>(async (c, next) => {
    const [, given = ''] = /^Bearer (.*)$/.exec(c.req.header('authorization') ?? '') ?? []
    if (!c.env.peers || !isTokenOf(c.env.peers.self, given))
      throw new Problem('not-signed-in', 'This is for the other gateways')
    await next()
  })

const PassedOn = v.object({ callId: v.string() })

export const peers = new Hono<Env>()
  .use(fromPeer())
  .post('/passed-on', async (c) => {
    const { callId } = parseInput(PassedOn, await readObject(c.req, PassedOn), 'body')
    return c.json({ arrived: c.env.peers?.knows(callId) === true })
  })
  .post('/consumers', async (c) => c.json((await c.env.messages.living?.())?.list() ?? []))
  .post('/adopt', async (c) => {
    const adoption = (await c.req.json()) as Adoption
    await (await c.env.messages.living?.())?.adopt(adoption)
    return c.json({})
  })
