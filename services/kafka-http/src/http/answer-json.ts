const headers = { 'content-type': 'application/json' }
const encoder = new TextEncoder()

/** With its head, what is below this leaves Bun in one piece. */
const smallBytes = 15_000

const bytes = new WeakMap<Response, Uint8Array<ArrayBuffer>>()

/** Of an answer that was made here: a server that writes bytes need not read its stream. */
export const bytesOf = (response: Response): Uint8Array<ArrayBuffer> | undefined => bytes.get(response)

/**
 * A long answer is a stream. Bun 1.4.5 sends one that was not ready at once and is above 16 kB header by header, word by word:
 * fifteen writes, of which each wakes the caller.
 */
const bodyOf = (whole: Uint8Array<ArrayBuffer>): BodyInit =>
  whole.length < smallBytes
    ? whole
    : new ReadableStream<Uint8Array>({
        pull: (controller) => {
          controller.enqueue(whole)
          controller.close()
        },
      })

export const answerBytes = (whole: Uint8Array<ArrayBuffer>, status = 200): Response => {
  const response = new Response(bodyOf(whole), { status, headers })
  bytes.set(response, whole)
  return response
}

export const answerJson = (value: unknown): Response => answerBytes(encoder.encode(JSON.stringify(value)))
