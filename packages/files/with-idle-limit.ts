/** Ends a body that has stopped coming: a stream has no length of time of its own, only pauses. */
export const withIdleLimit = (
  stream: ReadableStream<Uint8Array>,
  limitMs: number,
  failure: (error: unknown) => Error,
): ReadableStream<Uint8Array> => {
  const reader = stream.getReader()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await orTimeout(reader.read(), limitMs)
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          reader.cancel().catch(() => {})
          controller.error(failure(error))
        }
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  )
}

const orTimeout = async <T>(promise: Promise<T>, limitMs: number): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('No byte in time', 'TimeoutError')), limitMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
