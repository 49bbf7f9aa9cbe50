import { Problem } from '@kontora/service'

/** Longer than any healthy call, shorter than a caller's own time-out. */
export const patienceMs = 5000

const awayProblem = () => new Problem('unavailable', 'The log does not answer', { retryAfterSeconds: 1 })

/** A database that neither answers nor breaks off is as good as away: the caller is told so in time to repeat. */
export const within = async <Result>(ms: number, work: Promise<Result>): Promise<Result> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(awayProblem()), ms)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
