import type { Part } from '../parts/part.ts'

const holdMs = 5000
const mostBytes = 2 * 1024 * 1024

const hopHeaders = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'accept-encoding']

const problem = (status: number, title: string): Response =>
  Response.json(
    { type: '/problems/unavailable', title, status },
    { status, headers: { 'content-type': 'application/problem+json', 'retry-after': '1' } },
  )

const forwardedHeaders = (request: Request): Headers => {
  const headers = new Headers(request.headers)
  for (const name of hopHeaders) headers.delete(name)
  headers.set('x-forwarded-host', request.headers.get('host') ?? '')
  headers.set('x-forwarded-proto', 'http')
  // One connection a request: a pooled one may close just as a body goes out, and that could not be told from a lost answer.
  headers.set('connection', 'close')
  return headers
}

const wasRefused = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ConnectionRefused' || error.code === 'ECONNREFUSED')

/**
 * Hands a request to a part. While the part restarts it is held, up to 5 s; it is sent again only when its body cannot have
 * arrived: the connection was refused, or there was no body and it only reads.
 */
export const forward = async (request: Request, part: Part, path: string): Promise<Response> => {
  const end = Date.now() + holdMs
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const body = reads ? null : await request.arrayBuffer()
  if (body && body.byteLength > mostBytes) return problem(413, 'The body is too large')
  const headers = forwardedHeaders(request)
  for (;;) {
    const left = end - Date.now()
    if (!(await part.untilUp(Math.max(left, 0)))) return problem(503, `${part.name} is not running`)
    try {
      const answer = await fetch(`${part.url}${path}`, {
        method: request.method,
        headers,
        body,
        redirect: 'manual',
        signal: request.signal,
      })
      return withoutHops(answer)
    } catch (error) {
      const again = (wasRefused(error) || reads) && Date.now() < end && !request.signal.aborted
      if (!again) return problem(502, `${part.name} did not answer`)
      await Bun.sleep(50)
    }
  }
}

const withoutHops = (answer: Response): Response => {
  const headers = new Headers(answer.headers)
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'content-encoding', 'content-length'])
    headers.delete(name)
  return new Response(answer.body, { status: answer.status, headers })
}
