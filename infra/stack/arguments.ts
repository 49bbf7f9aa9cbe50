export type Expected = {
  help: string
  /** How many words it takes at most. */
  words?: number
  /** Options without a value, such as `--json`. */
  flags?: readonly string[]
  /** Options with a value, such as `--seed 5`. */
  options?: readonly string[]
}
export type Arguments = { words: string[]; flags: Set<string>; options: Map<string, string> }

/** What was called wrongly, in one line. */
export const parseArguments = (
  { words: most = 0, flags = [], options = [] }: Expected,
  given: readonly string[],
): Arguments | string => {
  const found: Arguments = { words: [], flags: new Set(), options: new Map() }
  const rest = [...given]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (flags.includes(word)) found.flags.add(word)
    else if (options.includes(word)) {
      const value = rest.shift()
      if (value === undefined) return `${word} needs a value`
      found.options.set(word, value)
    } else if (word.startsWith('-')) return `no such option: ${word}`
    else if (found.words.push(word) > most) return `too many arguments: ${word}`
  }
  return found
}

/** Says what was wrong with the call, and how to learn what is right. */
export const refuse = (fault: string): never => {
  console.error(`${fault} (--help tells what there is)`)
  process.exit(2)
}

/** Answers `--help` by itself; a wrong call ends with exit code 2. */
export const readArguments = (expected: Expected, given = process.argv.slice(2)): Arguments => {
  if (given.includes('--help') || given.includes('-h')) {
    console.log(expected.help)
    process.exit(0)
  }
  const found = parseArguments(expected, given)
  return typeof found === 'string' ? refuse(found) : found
}
