import { refuseForeignHost, refuseStrangers } from '@kontora/simulators/guard'
import type { Part } from '../parts/part.ts'
import { type Place, StartFault } from '../place.ts'
import { simulatorNames } from '../ports.ts'
import { type ServiceName, services } from '../secrets.ts'
import { controlRoom } from './control-room.ts'
import { forward } from './forward.ts'
import { signIn } from './sign-in.ts'

export type Origin = { stop: () => Promise<void> }

const page = (html: string): Response =>
  new Response(html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  })

const nothing = (): Response =>
  Response.json(
    { type: '/problems/not-found', title: 'There is nothing at this address', status: 404 },
    { status: 404, headers: { 'content-type': 'application/problem+json' } },
  )

const isService = (name: string): name is ServiceName => (services as readonly string[]).includes(name)
const isSimulator = (name: string): boolean => (simulatorNames as readonly string[]).includes(name)

/** `/mailbox…` is Resend's mailbox, `/_sim/<partner>/…` a partner's outside view; both closed to pages of other sites. */
const closedPath = (path: string): { part: string; path: string } | undefined => {
  const mailbox = /^\/mailbox(\/.*)?$/.exec(path)
  if (mailbox) return { part: 'resend', path: `/_sim/mailbox${mailbox[1] ?? ''}` }
  const [, name = '', rest = ''] = /^\/_sim\/([a-z0-9-]+)(\/.*)?$/.exec(path) ?? []
  return isSimulator(name) ? { part: name, path: `/_sim${rest}` } : undefined
}

const route = async (request: Request, place: Place, parts: Map<string, Part>): Promise<Response> => {
  const { pathname, search } = new URL(request.url)
  const closed = closedPath(pathname)
  if (closed || pathname === '/' || pathname.startsWith('/_')) {
    const refusal = pathname === '/' ? refuseForeignHost(request) : refuseStrangers(request)
    if (refusal) return refusal
  }
  const statuses = () => [...parts.values()].map((part) => part.status())
  if (pathname === '/' && request.method === 'GET') return page(await controlRoom(place, statuses()))
  if (pathname === '/_stack' && request.method === 'GET') return Response.json({ parts: statuses() })
  if (pathname === '/_stack/page.js')
    return new Response(Bun.file(new URL('./page-script.js', import.meta.url)))
  if (pathname === '/_stack/sign-in' && request.method === 'POST') return signIn(request, place)
  if (closed) {
    const part = parts.get(closed.part)
    return part ? forward(request, part, `${closed.path}${search}`) : nothing()
  }
  const [, name = '', rest = '/'] = /^\/([a-z-]+)(\/.*)?$/.exec(pathname) ?? []
  const part = isService(name) ? parts.get(name) : undefined
  return part ? forward(request, part, `${rest}${search}`) : nothing()
}

/** A browser keeps what it knows by the name of the host, so it is brought to the one that we call ourselves by. */
const byName = (request: Request, { url }: Place): Response | undefined => {
  const { origin, pathname, search } = new URL(request.url)
  const isVisit = request.method === 'GET' && request.headers.get('sec-fetch-mode') === 'navigate'
  return isVisit && origin !== url ? Response.redirect(`${url}${pathname}${search}`, 307) : undefined
}

/** The one local address of everything: services by their names, the control room, the partners' outside views. */
export const openOrigin = (place: Place, parts: Map<string, Part>): Origin => {
  try {
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: place.port,
      idleTimeout: 60,
      fetch: (request) =>
        refuseForeignHost(request) ?? byName(request, place) ?? route(request, place, parts),
      error: () =>
        Response.json(
          { type: '/problems/internal', title: 'Something went wrong', status: 500 },
          { status: 500 },
        ),
    })
    return { stop: () => server.stop(true) }
  } catch (error) {
    if ((error as { code?: string }).code === 'EADDRINUSE')
      throw new StartFault(
        `Port ${place.port} of 127.0.0.1 is in use. KONTORA_PORT=${place.port + 100} takes another block.`,
      )
    throw error
  }
}
