import { administrator } from './first-administrator.ts'
import type { PartStatus } from './parts/part.ts'
import type { Place } from './place.ts'

/** What `start` prints at the end: the control room first. */
export const addressTable = (place: Place, parts: PartStatus[]): string => {
  const rows: [string, string][] = [
    ['control room', place.url],
    ['mailbox', `${place.url}/mailbox`],
    ['administrator', `${administrator} (his codes come to the mailbox)`],
    ...parts.map(({ name, url }): [string, string] => [name, url]),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`).join('\n')
}
