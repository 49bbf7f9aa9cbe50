import type { Command } from '@kontora/door/cli'
import { Problem } from '@kontora/service'
import { findPerson, type Person } from '../addresses/find-person.ts'
import { readWords, type WithResources } from '../command-words.ts'
import type { OpenResources } from '../resources.ts'
import { networkNamed } from './network.ts'
import { type Attempts, readAttempts, readRates } from './read-attempts.ts'
import { resetAttempts } from './reset-attempts.ts'
import { resetRates } from './reset-rates.ts'
import { unlockAccount } from './unlock-account.ts'

/** Whose budgets an operator means. */
type Subject = { person: Person } | { key: string }

const subjectOf = async (resources: OpenResources, text: string | undefined): Promise<Subject> => {
  const key = text === 'all' ? text : networkNamed(text)
  if (key !== undefined) return { key }
  const person = await findPerson(resources, text)
  if (person) return { person }
  throw new Problem('invalid-input', 'Whose: a user id, an e-mail, an address of a network, or all')
}

const lineOf = ({ budget, spent, held, most, nextAt }: Attempts): string =>
  [
    budget.padEnd(15),
    `${spent} of ${most}`,
    ...(held > 0 ? [`${held} set aside for codes on their way`] : []),
    ...(nextAt ? [`the next at ${nextAt.toISOString()}`] : []),
  ].join('  ')

const show = async (resources: OpenResources, text: string | undefined): Promise<Attempts[]> => {
  const subject = await subjectOf(resources, text)
  return 'key' in subject ? readRates(resources, subject.key) : readAttempts(resources, subject.person)
}

/** The network itself is personal, so the log tells only that it was one. */
const reset = async (resources: OpenResources, text: string | undefined): Promise<{ forgiven: number }> => {
  const subject = await subjectOf(resources, text)
  if ('key' in subject) {
    const forgiven = await resetRates(resources, subject.key)
    resources.log.info('operator-reset-rates', { of: subject.key === 'all' ? 'all' : 'network', forgiven })
    return { forgiven }
  }
  const forgiven = await resetAttempts(resources, subject.person)
  resources.log.info('operator-reset-attempts', { userId: subject.person.userId, forgiven })
  return { forgiven }
}

const unlock = async (resources: OpenResources, text: string | undefined) => {
  const subject = await subjectOf(resources, text)
  if ('key' in subject) throw new Problem('invalid-input', 'An account is named by a user id or an e-mail')
  const unlocked = await unlockAccount(resources, subject.person)
  resources.log.info('operator-unlocked-account', { userId: subject.person.userId, ...unlocked })
  return unlocked
}

/** The operators' part of the guess budgets, also while HTTP is down. */
export const budgetCommands = (withResources: WithResources): Record<string, Command> => {
  const command = (
    about: string,
    takes: string,
    work: (resources: OpenResources, text: string | undefined, isJson: boolean) => Promise<string>,
  ): Command => {
    const runWords = (words: string[]) => {
      const { given, has } = readWords(words, { takes: 1, flags: ['--json'] })
      return withResources((resources) => work(resources, given[0], has('--json')))
    }
    return { about, takes: `${takes} [--json]`, run: () => runWords([]), runWords }
  }
  return {
    'attempts show': command(
      'what is spent of which budget, and when there is more',
      '<userId|email|network|all>',
      async (resources, text, isJson) => {
        const rows = await show(resources, text)
        return rows.map((row) => (isJson ? JSON.stringify(row) : lineOf(row))).join('\n')
      },
    ),
    'attempts reset': command(
      'forgives wrong guesses, or what a network or all together have spent',
      '<userId|email|network|all>',
      async (resources, text, isJson) => {
        const done = await reset(resources, text)
        return isJson ? JSON.stringify(done) : `${done.forgiven} forgiven`
      },
    ),
    'account unlock': command(
      'forgives guesses, the cool-down and the codes of the day: he may ask for a code now',
      '<userId|email>',
      async (resources, text, isJson) => {
        const done = await unlock(resources, text)
        return isJson ? JSON.stringify(done) : `${done.guesses} guesses and ${done.codes} codes forgiven`
      },
    ),
  }
}
