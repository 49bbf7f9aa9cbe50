import { expect, test } from 'bun:test'
import { readWords } from './command-words.ts'

const known = { takes: 1, flags: ['--json'], options: ['--user'] }
const faultOf = (...words: string[]) => {
  try {
    readWords(words, known)
  } catch (error) {
    return (error as Error).message
  }
  return undefined
}

test('words, flags and options with a word behind them stand in any order', () => {
  for (const words of [
    ['a', '--json', '--user', 'b'],
    ['--user', 'b', 'a', '--json'],
  ]) {
    const { given, has, optionOf } = readWords(words, known)
    expect([given, has('--json'), optionOf('--user')]).toEqual([['a'], true, 'b'])
  }
})

test('whatever is not understood is refused, and no value is repeated', () => {
  expect(faultOf('a', '--jsno')).toBe('The only options are --json, --user')
  expect(faultOf('a', '--user')).toBe('--user takes a word behind it')
  expect(faultOf('a', '--user', '--json')).toBe('--user takes a word behind it')
  expect(faultOf('a', '--json', '--json')).toBe('--json stands twice')
  expect(faultOf()).toBe('This takes 1 words besides its options, not 0')
  expect(faultOf('a', 'person@example.com')).not.toContain('@')
})
