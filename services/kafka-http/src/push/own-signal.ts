/** A signal for one call that follows a long-lived one; whatever the call hung on it goes with it. */
export const withOwnSignal = async <Result>(
  parent: AbortSignal,
  work: (own: AbortController) => Promise<Result>,
): Promise<Result> => {
  const own = new AbortController()
  const end = () => own.abort()
  if (parent.aborted) end()
  parent.addEventListener('abort', end)
  try {
    return await work(own)
  } finally {
    parent.removeEventListener('abort', end)
  }
}
