import { expect, test } from 'bun:test'
import { sharedQuestion } from './shared-question.ts'

const open = (patienceMs: number) => {
  const asked: PromiseWithResolvers<string>[] = []
  const question = sharedQuestion(() => {
    const next = Promise.withResolvers<string>()
    asked.push(next)
    return next.promise
  }, patienceMs)
  return { asked, question }
}

test('all who ask at once share one question, and its fault; the next one is asked anew', async () => {
  const { asked, question } = open(5000)
  const waiting = [question.ask(), question.ask(), question.ask()]
  asked[0]?.resolve('first')
  expect(await Promise.all(waiting)).toEqual(['first', 'first', 'first'])
  const failing = [question.ask(), question.ask()]
  asked[1]?.reject(new Error('gone'))
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(question.underWay()).toBeUndefined()
  expect(asked).toHaveLength(2)
})

test('a question that died with the request that began it holds nobody for longer than the patience', async () => {
  const { asked, question } = open(50)
  const outcome = (waiting: Promise<string>) => waiting.then(String, ({ message }) => message)
  expect(await Promise.all([question.ask(), question.ask()].map(outcome))).toEqual([
    'No answer in time',
    'No answer in time',
  ])
  const anew = question.ask()
  asked[1]?.resolve('second')
  expect(await anew).toBe('second')
})
