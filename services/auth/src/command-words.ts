import { Problem } from '@kontora/service'
import type { OpenResources } from './resources.ts'

/** Opens what a command needs and closes it behind it. */
export type WithResources = (work: (resources: OpenResources) => Promise<string>) => Promise<string>

type Known = {
  /** How many words a command takes besides its options. */
  takes?: number
  flags?: string[]
  /** With a word behind each. */
  options?: string[]
}

export type Words = {
  given: string[]
  has: (flag: string) => boolean
  optionOf: (name: string) => string | undefined
}

/** What stands behind a command's name. A word that is not understood is never passed over. */
export const readWords = (words: string[], { takes = 0, flags = [], options = [] }: Known): Words => {
  const given: string[] = []
  const found = new Map<string, string>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (!word.startsWith('--')) given.push(word)
    else if (found.has(word)) throw new Problem('invalid-input', `${word} stands twice`)
    else if (flags.includes(word)) found.set(word, '')
    else if (options.includes(word)) found.set(word, following(words, i++))
    else throw new Problem('invalid-input', `The only options are ${[...flags, ...options].join(', ')}`)
  }
  if (given.length !== takes)
    throw new Problem('invalid-input', `This takes ${takes} words besides its options, not ${given.length}`)
  return { given, has: (flag) => found.has(flag), optionOf: (name) => found.get(name) }
}

const following = (words: string[], at: number): string => {
  const next = words[at + 1]
  if (next === undefined || next.startsWith('--'))
    throw new Problem('invalid-input', `${words[at]} takes a word behind it`)
  return next
}
