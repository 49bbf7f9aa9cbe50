/** Takes the first bytes and leaves the rest: a store may answer a range with the whole object. */
export const takeStart = async (
  stream: ReadableStream<Uint8Array>,
  mostBytes: number,
): Promise<Uint8Array> => {
  const start = new Uint8Array(mostBytes)
  const reader = stream.getReader()
  let taken = 0
  while (taken < mostBytes) {
    const { done, value } = await reader.read()
    if (done) break
    const part = value.subarray(0, mostBytes - taken)
    start.set(part, taken)
    taken += part.length
  }
  await reader.cancel()
  return start.subarray(0, taken)
}
