/** Names by which this machine calls itself; any other is a foreign name that was bent to 127.0.0.1. */
const ownHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

const refused = (reason: string): Response => Response.json({ error: reason }, { status: 403 })

/** `Host` on a list, everywhere. */
export const refuseForeignHost = (request: Request): Response | undefined =>
  ownHost.test(request.headers.get('host') ?? '') ? undefined : refused('foreign Host')

/**
 * For what no page of another site may reach (`/_stack`, `/_sim`, the mailbox): a browser's request must come from our own
 * page, and a write is JSON, which no foreign form can send. No header means no browser: curl, a test.
 */
export const refuseStrangers = (request: Request): Response | undefined => {
  const host = refuseForeignHost(request)
  if (host) return host
  const origin = request.headers.get('origin')
  if (origin !== null && origin !== new URL(`http://${request.headers.get('host')}`).origin)
    return refused('foreign Origin')
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return refused('foreign Sec-Fetch-Site')
  const reads = request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE'
  if (!reads && !/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? ''))
    return refused('writes are JSON')
  return undefined
}
