import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { Env } from '../credentials/known.ts'
import { answerBytes } from '../http/answer-json.ts'
import type { Member, Relay } from '../log/message-log.ts'
import type { Peers } from '../peers/peers.ts'
import { isTokenOf, type Peer } from '../peers/registry.ts'
import { memberOf } from './member-of.ts'

const relayHeader = 'x-kontora-relay'
const tokenHeader = 'x-kontora-relay-token'
/** What the gateway that the instance lives at needs to know of a call. */
const passedHeaders = [
  'authorization',
  'content-type',
  'traceparent',
  'kafka-enable-auto-commit',
  'kafka-auto-commit-interval',
  'kafka-auto-offset-reset',
  'kafka-session-timeout-ms',
  'kafka-max-poll-records',
]

/**
 * An instance lives at one gateway, where its place in the log is known. A call that comes to another is passed on; when the
 * instance's gateway is gone, the instance moves here, and Kafka fences whoever had it.
 */
export const atHome = () =>
  createMiddleware<Env>(async (c, next) => {
    const { peers, messages } = c.env
    const living = peers && (await messages.living?.())
    if (!peers || !living) return next()
    const relay = readRelay(c)
    if (relay) {
      c.set('relay', relay)
      return next()
    }
    const member = memberOf(c.req.param())
    // Twice: it may have moved on from a gateway that is gone.
    for (let tries = 0; tries < 2; tries++) {
      const home = await living.homeOf(member)
      if (home === undefined) return next()
      const peer = await peers.seek(home)
      const answer = peer && (await passOn(c, peer, member))
      if (answer) return answer
      living.forgetHome(member)
    }
    return next()
  })

/** Believed only with this gateway's own token. */
const readRelay = (c: Context<Env>): Relay | undefined => {
  const { peers } = c.env
  const token = c.req.header(tokenHeader)
  if (!peers || token === undefined || !isTokenOf(peers.self, token)) return undefined
  const [gateway = '', callId = '', last, arrived] = (c.req.header(relayHeader) ?? '').split(' ')
  if (last !== undefined) peers.learn(last, arrived === '1')
  return { hasArrived: () => peers.hasArrived(gateway, callId) }
}

/** Undefined when the other does not answer: then the instance moves. */
const passOn = async (c: Context<Env>, peer: Peer, member: Member): Promise<Response | undefined> => {
  const { peers, newId } = c.env
  if (!peers) return undefined
  const { signal, method, url } = c.req.raw
  const { pathname, search } = new URL(url)
  const callId = newId()
  const last = peers.passedOnLast(member)
  const headers = new Headers({
    [relayHeader]: [peers.self.id, callId, ...(last ? [last.callId, last.arrived ? '1' : '0'] : [])].join(
      ' ',
    ),
    [tokenHeader]: peer.token,
  })
  for (const name of passedHeaders) {
    const value = c.req.header(name)
    if (value !== undefined) headers.set(name, value)
  }
  const body = method === 'GET' ? null : await c.req.arrayBuffer()
  const gone = whenGone(peers, peer)
  try {
    const untilGone = AbortSignal.any([signal, gone.signal])
    const answer = await fetch(`${peer.url}${pathname}${search}`, {
      method,
      headers,
      body,
      signal: untilGone,
    })
    const bytes = await answer.bytes()
    peers.passesOn(member, callId, signal)
    return answerBytes(bytes, answer.status)
  } catch (error) {
    if (signal.aborted) throw error
    c.env.log.warn('gateway-lost', { gateway: peer.id, instance: member.instance }, error)
    peers.lost(peer.id)
    return undefined
  } finally {
    gone.stop()
  }
}

const lookMs = 500

/** A gateway that hangs signs itself in no more. */
const whenGone = (peers: Peers, { id }: Peer) => {
  const gone = new AbortController()
  const timer = setInterval(() => peers.find(id) ?? gone.abort(), lookMs)
  return { signal: gone.signal, stop: () => clearInterval(timer) }
}
