import {
  type AccountSection,
  type Fault,
  type Statement,
  StatementFaults,
  type StatementLine,
} from './statement.ts'

/** The books of one account on one day, both balances included. */
export type AccountDay = {
  account: string
  day: string
  openingKopecks: number
  incomeKopecks: number
  outcomeKopecks: number
  closingKopecks: number
}

const mostDays = 400
const dayMs = 86_400_000

const daysBetween = (fromDay: string, toDay: string): string[] => {
  const first = Date.parse(fromDay)
  const count = (Date.parse(toDay) - first) / dayMs + 1
  return Array.from({ length: Math.min(count, mostDays) }, (_, i) =>
    new Date(first + i * dayMs).toISOString().slice(0, 10),
  )
}

type Sums = { incomeKopecks: number; outcomeKopecks: number }

const add = (sums: Sums, { direction, amountKopecks }: StatementLine): Sums =>
  direction === 'in'
    ? { ...sums, incomeKopecks: sums.incomeKopecks + amountKopecks }
    : { ...sums, outcomeKopecks: sums.outcomeKopecks + amountKopecks }

const keyOf = (account: string, day: string) => `${account} ${day}`

const sumsByDay = (lines: readonly StatementLine[]): Map<string, Sums> => {
  const sums = new Map<string, Sums>()
  for (const line of lines) {
    const key = keyOf(line.account, line.bookedOn)
    sums.set(key, add(sums.get(key) ?? { incomeKopecks: 0, outcomeKopecks: 0 }, line))
  }
  return sums
}

/** One day after the other; what the bank says of the whole is held against what the lines come to. */
const spread = (section: AccountSection, sums: Map<string, Sums>, faults: Fault[]): AccountDay[] => {
  const { account, line, fromDay, toDay } = section
  let balance = section.openingKopecks
  const days = daysBetween(fromDay, toDay).map((day) => {
    const ofDay = sums.get(keyOf(account, day)) ?? { incomeKopecks: 0, outcomeKopecks: 0 }
    const openingKopecks = balance
    balance += ofDay.incomeKopecks - ofDay.outcomeKopecks
    return { account, day, openingKopecks, ...ofDay, closingKopecks: balance }
  })
  const total = (side: keyof Sums) => days.reduce((sum, day) => sum + day[side], 0)
  const hold = (name: string, told: number | null, counted: number) => {
    if (told !== null && told !== counted)
      faults.push({ line, expected: `${name} as the documents of the account come to` })
  }
  hold('ВсегоПоступило', section.incomeKopecks, total('incomeKopecks'))
  hold('ВсегоСписано', section.outcomeKopecks, total('outcomeKopecks'))
  hold('КонечныйОстаток', section.closingKopecks, balance)
  if (days.at(-1)?.day !== toDay) faults.push({ line, expected: `at most ${mostDays} days` })
  if (!days.every(({ closingKopecks }) => Number.isSafeInteger(closingKopecks)))
    faults.push({ line, expected: 'sums that 2^53 − 1 kopecks can hold' })
  return days
}

const isSame = (one: AccountSection, other: AccountSection): boolean =>
  one.account === other.account &&
  one.fromDay === other.fromDay &&
  one.toDay === other.toDay &&
  one.openingKopecks === other.openingKopecks &&
  one.closingKopecks === other.closingKopecks

/** A section that stands twice with the same balances is one. */
const withoutRepeats = (sections: AccountSection[]): AccountSection[] =>
  sections.filter((section, i) => !sections.slice(0, i).some((earlier) => isSame(earlier, section)))

/** What each account's section and each of its days comes to. Throws where the bank's own sums are others. */
export const daysOf = ({ sections, accounts }: Statement, lines: readonly StatementLine[]): AccountDay[] => {
  const faults: Fault[] = []
  const sums = sumsByDay(lines)
  const known = new Map<string, AccountDay>()
  // The narrow sections last: a bank may give each day and the month besides.
  const length = ({ fromDay, toDay }: AccountSection) => Date.parse(toDay) - Date.parse(fromDay)
  for (const section of withoutRepeats(sections).toSorted((a, b) => length(b) - length(a)))
    for (const day of spread(section, sums, faults)) {
      const key = keyOf(day.account, day.day)
      const before = known.get(key)
      if (before && before.openingKopecks !== day.openingKopecks)
        faults.push({ line: section.line, expected: 'one opening balance for each day of an account' })
      known.set(key, day)
    }
  for (const account of accounts)
    if (!sections.some((section) => section.account === account))
      faults.push({ line: 1, expected: 'СекцияРасчСчет for each account' })
  for (const { line, account, bookedOn } of lines)
    if (!known.has(keyOf(account, bookedOn)) && sections.some((section) => section.account === account))
      faults.push({ line, expected: 'a day within the days of its account' })
  if (faults.length > 0) throw new StatementFaults(faults)
  return [...known.values()]
}
