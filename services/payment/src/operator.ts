import type { Command, withDatabase } from '@kontora/door/cli'
import { parseInput } from '@kontora/service'
import { Text } from '@kontora/validation'

export type Commands = Record<string, Command>
export type WithDatabase = typeof withDatabase

/** Whoever works at the command line of the service: its shell is his right. */
export const operator = { id: 'operator' }

/** What is left of the words of a command. */
export const reasonOf = (words: string[]): string => parseInput(Text(500), words.join(' '), 'reason')

export const ofWords = (
  about: string,
  takes: string,
  runWords: (words: string[]) => Promise<string>,
): Command => ({ about, takes, runWords, run: () => runWords([]) })
