/**
 * One question for all who ask at once. On a worker it can die unheard with the request that began it, so after `patienceMs`
 * nobody waits for it any more, and the next caller asks anew.
 */
export const sharedQuestion = <Answer>(ask: () => Promise<Answer>, patienceMs: number) => {
  let asking: { answer: Promise<Answer>; until: number } | undefined

  const begin = () => {
    const question = { answer: inTime(ask(), patienceMs), until: performance.now() + patienceMs }
    question.answer
      .catch(() => {})
      .finally(() => {
        if (asking === question) asking = undefined
      })
    asking = question
    return question
  }

  /** The question under way, if one is. */
  const underWay = (): Promise<Answer> | undefined =>
    asking && asking.until > performance.now()
      ? inTime(asking.answer, asking.until - performance.now())
      : undefined

  return { underWay, ask: (): Promise<Answer> => underWay() ?? begin().answer }
}

/** Each waits by a clock of its own: a worker's timer ends with its request too. */
const inTime = <Answer>(answer: Promise<Answer>, ms: number): Promise<Answer> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('No answer in time')), ms)
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer))
}
