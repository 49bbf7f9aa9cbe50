export type Answer = { status: number; body: Uint8Array }
export type Connection = { ask: (request: Uint8Array) => Promise<Answer>; close: () => void }

type Pending = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

const headEnd = Buffer.from('\r\n\r\n')
const lineEnd = Buffer.from('\r\n')

/** Undefined until the answer is whole. */
export const readAnswer = (bytes: Buffer): Answer | undefined => {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end).toLowerCase()
  const status = Number(head.slice(9, 12))
  const begin = end + headEnd.length
  const at = head.indexOf('\r\ncontent-length:')
  const body = at < 0 ? readChunks(bytes, begin) : readSized(bytes, begin, head.slice(at + 17, at + 40))
  return body && { status, body }
}

const readSized = (bytes: Buffer, begin: number, length: string): Buffer | undefined => {
  const end = begin + Number.parseInt(length, 10)
  return bytes.length < end ? undefined : bytes.subarray(begin, end)
}

const readChunks = (bytes: Buffer, begin: number): Buffer | undefined => {
  const chunks: Buffer[] = []
  for (let at = begin; ; ) {
    const mark = bytes.indexOf(lineEnd, at)
    if (mark < 0) return undefined
    const from = mark + lineEnd.length
    const to = from + Number.parseInt(bytes.toString('latin1', at, mark), 16)
    at = to + lineEnd.length
    if (bytes.length < at) return undefined
    if (from === to) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    chunks.push(bytes.subarray(from, to))
  }
}

/** Raw HTTP/1.1, one request at a time: what it costs is not to be seen beside what it measures. */
export const connect = async (url: URL): Promise<Connection> => {
  let pending: Pending | undefined
  let unsent: Uint8Array | undefined
  let parts: Buffer[] = []

  const fail = (error: Error) => {
    pending?.reject(error)
    pending = undefined
  }
  const take = (chunk: Buffer) => {
    const bytes = parts.length === 0 ? chunk : Buffer.concat([...parts, chunk])
    const answer = readAnswer(bytes)
    // Bun may use the chunk's memory again.
    if (!answer) parts = parts.length === 0 ? [Buffer.from(chunk)] : [bytes]
    else {
      parts = []
      const { resolve } = pending ?? {}
      pending = undefined
      resolve?.(answer)
    }
  }
  const socket = await Bun.connect({
    hostname: url.hostname,
    port: Number(url.port || 80),
    socket: {
      data: (_socket, chunk) => take(chunk),
      drain: () => unsent && send(unsent),
      close: () => fail(new Error('The connection was closed')),
      error: (_socket, error) => fail(error),
    },
  })
  const send = (bytes: Uint8Array) => {
    const written = socket.write(bytes)
    unsent = written < bytes.length ? bytes.subarray(written) : undefined
  }
  const ask = (request: Uint8Array) =>
    new Promise<Answer>((resolve, reject) => {
      pending = { resolve, reject }
      send(request)
    })
  return { ask, close: () => void socket.end() }
}

/** A whole request, ready to be sent as often as one likes. */
export const encodeRequest = (url: URL, path: string, body = '', headers: Record<string, string> = {}) => {
  const bytes = Buffer.from(body)
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    `Authorization: Basic ${btoa(user)}`,
    'Content-Type: application/json',
    `Content-Length: ${bytes.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes])
}
