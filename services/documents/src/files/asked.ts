import { FilesUnavailable } from '@kontora/files'
import { Problem } from '@kontora/service'

/** A store that is away is no bug of ours and no fault of the caller's. */
export const asked = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof FilesUnavailable)) throw error
    throw new Problem('unavailable', 'The file store cannot be reached', { retryAfterSeconds: 2 })
  }
}
