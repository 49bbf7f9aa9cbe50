import type { StatementLine } from './text-file/statement.ts'

/**
 * What makes a line this line, and which of equal ones it is. A document's number is not unique, so the sum, both days and
 * the other side belong to it; the purpose does not, for a bank may mend it.
 */
export type IdentifiedLine = StatementLine & { identity: string; content: string; ordinal: number }

const joined = (...parts: (string | number | null)[]): string =>
  parts.map((part) => part ?? '').join('\u001f')

const identityOf = ({ account, direction, bookedOn, number, day, amountKopecks, party }: StatementLine) =>
  joined(account, direction, bookedOn, number, day, amountKopecks, party.account)

const contentOf = ({ section, payKind, party, purpose }: StatementLine) =>
  joined(section, payKind, party.inn, party.name, purpose.replaceAll(/\s+/g, ' ').trim())

/** Equal ones are counted in the order of what else they say, so that a file in another order counts them alike. */
export const identifyLines = (lines: readonly StatementLine[]): IdentifiedLine[] => {
  const groups = new Map<string, IdentifiedLine[]>()
  const identified = lines.map((line) => {
    const one = { ...line, identity: identityOf(line), content: contentOf(line), ordinal: 1 }
    const group = groups.get(one.identity)
    if (group) group.push(one)
    else groups.set(one.identity, [one])
    return one
  })
  for (const group of groups.values())
    if (group.length > 1)
      group
        .sort((one, other) => (one.content < other.content ? -1 : Number(one.content > other.content)))
        .forEach((one, i) => {
          one.ordinal = i + 1
        })
  return identified
}
