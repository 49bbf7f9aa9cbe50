import { Refusal } from './refusal.ts'
import { refusalAnswer } from './xml.ts'

const methods = ['GET', 'HEAD', 'PUT']

/** Every origin may read and upload here: what it may do, the signature says. */
export const answerPreflight = (request: Request): Response => {
  const method = request.headers.get('access-control-request-method') ?? ''
  const path = new URL(request.url).pathname
  if (!request.headers.has('origin') || !methods.includes(method))
    return refusalAnswer(
      new Refusal('AccessForbidden', 'CORSResponse: This CORS request is not allowed.'),
      path,
      'GET',
    )
  const headers = new Headers({
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? '',
    'access-control-max-age': '600',
  })
  return withCors(request, new Response(null, { headers }))
}

export const withCors = (request: Request, response: Response): Response => {
  const origin = request.headers.get('origin')
  if (origin === null) return response
  response.headers.set('access-control-allow-origin', origin)
  response.headers.set('access-control-expose-headers', 'ETag, x-amz-checksum-sha256')
  response.headers.append('vary', 'Origin')
  return response
}
