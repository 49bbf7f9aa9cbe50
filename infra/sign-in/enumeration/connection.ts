/** One answer as it stood on the wire. */
export type Answer = { ms: number; status: number; head: string[]; body: string }

const end = '\r\n\r\n'

const read = (text: string, ms: number): Answer | undefined => {
  const at = text.indexOf(end)
  if (at < 0) return undefined
  const [first = '', ...head] = text.slice(0, at).split('\r\n')
  const length = head.find((line) => /^content-length:/i.test(line))
  if (!length) throw new Error(`An answer without a length: ${first}`)
  const body = text.slice(at + end.length)
  if (Buffer.byteLength(body) < Number(length.split(':')[1])) return undefined
  return { ms, status: Number(first.split(' ')[1]), head, body }
}

/** HTTP by hand over one connection: headers in the order in which they came, and nothing between us and the clock. */
export const openConnection = async (url: string) => {
  const { hostname, port, host } = new URL(url)
  let text = ''
  let begun = 0
  let settle: { answer: (answer: Answer) => void; fault: (error: Error) => void } | undefined
  const decoder = new TextDecoder()
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_, chunk) => {
        const ms = performance.now() - begun
        text += decoder.decode(chunk, { stream: true })
        const answer = read(text, ms)
        if (answer) settle?.answer(answer)
      },
      close: () => settle?.fault(new Error('The connection was closed')),
    },
  })
  const post = async (path: string, body: object): Promise<Answer> => {
    const json = JSON.stringify(body)
    const head = [`POST ${path} HTTP/1.1`, `host: ${host}`, 'content-type: application/json']
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    settle = { answer: resolve, fault: reject }
    text = ''
    const request = `${[...head, `content-length: ${Buffer.byteLength(json)}`].join('\r\n')}${end}${json}`
    begun = performance.now()
    socket.write(request)
    return promise
  }
  return { post, close: () => socket.end() }
}
export type Connection = Awaited<ReturnType<typeof openConnection>>
