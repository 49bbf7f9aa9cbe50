import type { Command } from '@kontora/door/cli'
import { Problem, parseInput } from '@kontora/service'
import { Id } from '@kontora/validation'
import { findUserId } from '../addresses/find-person.ts'
import { readWords, type WithResources, type Words } from '../command-words.ts'
import type { OpenResources } from '../resources.ts'
import { endSession, endSessionsOf } from './end-session.ts'
import { type ListedSession, readSessions } from './read-sessions.ts'

const most = 1000

const lineOf = (session: ListedSession): string =>
  [
    session.id,
    session.method.padEnd(10),
    `since ${session.signedInAt.toISOString()}`,
    `used ${session.lastUsedAt.toISOString()}`,
    [session.device, session.network, session.country].map((word) => word ?? '-').join('  '),
  ].join('  ')

const sessionOf = async ({ sql }: OpenResources, id: string): Promise<{ userId: string }> => {
  const [session] = await sql<{ userId: string }[]>`select user_id from sessions where id = ${id}`
  if (!session) throw new Problem('not-found', 'No such session; those of a person end by --user')
  return session
}

const endOne = async (resources: OpenResources, text: string | undefined) => {
  const sessionId = parseInput(Id, text, 'sessionId')
  const { userId } = await sessionOf(resources, sessionId)
  return { userId, ended: await endSession(resources, sessionId) }
}

/** A session that is kept has to be his, or one wrong letter would end them all. */
const endAll = async (resources: OpenResources, { optionOf }: Words) => {
  const userId = await findUserId(resources, optionOf('--user'))
  const kept = optionOf('--others-than')
  if (kept === undefined) return { userId, ended: await endSessionsOf(resources, userId) }
  const except = parseInput(Id, kept, 'others-than')
  if ((await sessionOf(resources, except)).userId !== userId)
    throw new Problem('not-found', 'The session that is to stay is not one of this person')
  return { userId, ended: await endSessionsOf(resources, userId, { except }) }
}

/** The operators' part of the sessions, also while HTTP is down. */
export const sessionCommands = (withResources: WithResources): Record<string, Command> => {
  const list = (words: string[]) => {
    const { given, has } = readWords(words, { takes: 1, flags: ['--json'] })
    return withResources(async (resources) => {
      const sessions = await readSessions(resources, await findUserId(resources, given[0]), { limit: most })
      return sessions.map((one) => (has('--json') ? JSON.stringify(one) : lineOf(one))).join('\n')
    })
  }
  const end = (words: string[]) => {
    const isOfUser = words.includes('--user')
    const options = isOfUser ? ['--user', '--others-than'] : ['--user']
    const read = readWords(words, { takes: isOfUser ? 0 : 1, flags: ['--json'], options })
    return withResources(async (resources) => {
      const done = await (isOfUser ? endAll(resources, read) : endOne(resources, read.given[0]))
      resources.log.info('operator-ended-sessions', done)
      return read.has('--json') ? JSON.stringify(done) : `${done.ended} sessions ended`
    })
  }
  return {
    'sessions list': {
      about: 'live sessions of a person, the newest first: device, network, country',
      takes: '<userId|email> [--json]',
      run: () => list([]),
      runWords: list,
    },
    'sessions end': {
      about: 'ends one session, all of a person, or all but one',
      takes: '<sessionId> | --user <userId|email> [--others-than <sessionId>] [--json]',
      run: () => end([]),
      runWords: end,
    },
  }
}
