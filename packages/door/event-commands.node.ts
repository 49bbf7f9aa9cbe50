import {
  dropParked,
  listDeadLetters,
  listParked,
  type ParkedLine,
  type ParkedPage,
  replayParked,
  showParked,
} from '@kontora/events'
import type { Sql } from '@kontora/postgres'
import { parseInput, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import { type Command, withDatabase } from './cli.node.ts'

const lineOf = ({ eventId, type, handler, attempts, reason, deadAt }: ParkedLine): string =>
  [eventId, deadAt ? 'dead  ' : 'parked', type, handler, `${attempts} attempts`, reason].join('  ')

const list = (read: (sql: Sql) => Promise<ParkedLine[]>, none: string) => (): Promise<string> =>
  withDatabase(async (sql) => (await read(sql)).map(lineOf).join('\n') || none)

const pageOf = (page: ParkedPage): string => {
  const { topic, partition, offset, parkedAt, nextAt, deadAt, replayedAt } = page
  const rows: [string, string | number | null | undefined][] = [
    ['event', page.eventId],
    ['type', page.type],
    ['schema', page.dataschema],
    ['from', page.source],
    ['time', page.time],
    ['key', page.key],
    ['handler', page.handler],
    ['place', `${topic}, partition ${partition}, offset ${offset}`],
    ['attempts', page.attempts],
    ['reason', page.reason],
    ['parked', parkedAt.toISOString()],
    [deadAt ? 'dead' : 'next', (deadAt ?? nextAt).toISOString()],
    ['replayed', replayedAt?.toISOString()],
    ['behind it', page.behind],
    ['trace', page.traceparent],
  ]
  const known = rows.filter(([, value]) => value !== null && value !== undefined)
  return known.map(([name, value]) => `${name.padEnd(9)}  ${value}`).join('\n')
}

/** `<eventId>`, or `<eventId>/<handler>` for one of the handlers that have it parked. */
const readTarget = (text: string | undefined): { eventId: string; handler: string | null } => {
  const [id, handler = null] = (text ?? '').split('/')
  return { eventId: parseInput(Id, id, 'eventId'), handler }
}

type Act = (sql: Sql, eventId: string, now: Date, handler: string | null) => Promise<number>

const onTarget = (act: Act, done: string) => (text: string | undefined) => {
  const { eventId, handler } = readTarget(text)
  return withDatabase(async (sql) => `${await act(sql, eventId, realChance().now(), handler)} ${done}`)
}

const show = async (text: string | undefined): Promise<string> => {
  const { eventId, handler } = readTarget(text)
  const pages = await withDatabase((sql) => showParked(sql, eventId))
  const wanted = pages.filter((page) => handler === null || page.handler === handler)
  return wanted.map(pageOf).join('\n\n') || 'no such event is parked'
}

/** What an operator does with events that could not be handled: alike in every service that hears some. */
export const eventCommands: Record<string, Command> = {
  'events parked': {
    about: 'events that wait for another attempt, or are dead',
    run: list(listParked, 'nothing is parked'),
  },
  'events dead-letters': {
    about: 'events that wait for an operator',
    run: list(listDeadLetters, 'there are no dead letters'),
  },
  'events show': {
    about: 'where a parked or dead event came from and why it waits',
    takes: '<eventId[/handler]>',
    run: show,
  },
  'events replay': {
    about: 'tries a parked or dead event again, in the handlers that failed or in one',
    takes: '<eventId[/handler]>',
    run: onTarget(replayParked, 'taken up'),
  },
  'events drop': {
    about: 'gives a parked or dead event up for good, in these handlers or in one',
    takes: '<eventId[/handler]>',
    run: onTarget(dropParked, 'dropped'),
  },
}
