const headers = { 'content-type': 'application/json' }
const encoder = new TextEncoder()

/** With its head, what is below this leaves Bun in one piece. */
const smallBytes = 15_000

/**
 * A long answer is a stream. Bun 1.4.5 sends one that was not ready at once and is above 16 kB header by header, word by word:
 * fifteen writes, of which each wakes the caller.
 */
export const answerBytes = (bytes: Uint8Array<ArrayBuffer>, status = 200): Response => {
  if (bytes.length < smallBytes) return new Response(bytes, { status, headers })
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes)
      controller.close()
    },
  })
  return new Response(body, { status, headers })
}

export const answerJson = (value: unknown): Response => answerBytes(encoder.encode(JSON.stringify(value)))
