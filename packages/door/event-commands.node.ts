import { dropParked, listParked, replayParked } from '@kontora/events'
import { parseInput, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import { type Command, withDatabase } from './cli.node.ts'

const list = (): Promise<string> =>
  withDatabase(async (sql) => {
    const rows = await listParked(sql)
    const lines = rows.map(({ eventId, type, handler, attempts, reason, deadAt }) =>
      [eventId, deadAt ? 'dead  ' : 'parked', type, handler, `${attempts} attempts`, reason].join('  '),
    )
    return lines.join('\n') || 'nothing is parked'
  })

/** What an operator does with events that could not be handled: alike in every service that hears some. */
export const eventCommands: Record<string, Command> = {
  'events parked': { about: 'events that wait for another attempt, or are dead', run: list },
  'events replay': {
    about: 'tries a parked or dead event again',
    takes: '<eventId>',
    run: async (text) => {
      const eventId = parseInput(Id, text, 'eventId')
      return withDatabase(async (sql) => `${await replayParked(sql, eventId, realChance().now())} taken up`)
    },
  },
  'events drop': {
    about: 'gives a parked or dead event up for good',
    takes: '<eventId>',
    run: async (text) => {
      const eventId = parseInput(Id, text, 'eventId')
      return withDatabase(async (sql) => `${await dropParked(sql, eventId, realChance().now())} dropped`)
    },
  },
}
