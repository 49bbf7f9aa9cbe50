import { services } from './secrets.ts'

export type Call = { service: string; words: string[] }

export const eventHelp = `admin events topics|groups [--json]                  what kafka-http's log holds, and how far behind each group is
  admin events reset <group> <topic> <to> [--force]    earliest, latest, a time or partition:offset,…
  admin events parked|dead-letters [service]           events that wait, of one service or of all
  admin events show|replay|drop <service> <event>      one of them`

const ofLog = new Set(['topics', 'groups', 'reset'])
const ofAll = new Set(['parked', 'dead-letters'])
const ofOne = new Set(['show', 'replay', 'drop'])

/** Which services' own commands these words mean; a text is what is wrong with them. */
export const callsOf = ([word = '', ...rest]: string[]): Call[] | string => {
  if (ofLog.has(word)) return [{ service: 'kafka-http', words: [word, ...rest] }]
  const [service, ...more] = rest
  const known = services.filter((name) => service === undefined || name === service)
  if (!ofAll.has(word) && !ofOne.has(word)) return `no such command of events: ${word}`
  if (known.length === 0) return `no such service: ${service}`
  if (ofAll.has(word) ? more.length > 0 : more.length !== 1) return `admin events ${word}: wrong arguments`
  return known.map((name) => ({ service: name, words: ['events', word, ...more] }))
}
