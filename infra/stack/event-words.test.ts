import { expect, test } from 'bun:test'
import { callsOf } from './event-words.ts'

test('topics, groups and resets are the log’s, dead letters the services’', () => {
  expect(callsOf(['groups', '--json'])).toEqual([{ service: 'kafka-http', words: ['groups', '--json'] }])
  expect(callsOf(['reset', 'g', 't', 'latest', '--force'])).toEqual([
    { service: 'kafka-http', words: ['reset', 'g', 't', 'latest', '--force'] },
  ])
  expect(callsOf(['replay', 'payment', 'id'])).toEqual([
    { service: 'payment', words: ['events', 'replay', 'id'] },
  ])
  expect(callsOf(['dead-letters'])).toHaveLength(5)
  expect(callsOf(['parked', 'auth'])).toEqual([{ service: 'auth', words: ['events', 'parked'] }])
})

test('what is none of these is told', () => {
  for (const words of [
    ['nothing'],
    [],
    ['parked', 'nowhere'],
    ['show', 'auth'],
    ['drop'],
    ['parked', 'auth', 'x'],
  ])
    expect(callsOf(words)).toBeString()
})
