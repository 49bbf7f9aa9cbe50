import type { ServiceName } from '../../stack/secrets.ts'

/** A route of each service that a clerk's role opens. `auth` has none for a permission: there it is one's own. */
export const routeOf: Record<ServiceName, string> = {
  client: '/v1/users?limit=1',
  auth: '/v1/sessions?limit=1',
  documents: '/v1/documents?limit=1',
  notification: '/v1/messages?limit=1',
  payment: '/v1/exports?limit=1',
}

export const withPermission: ServiceName[] = ['client', 'documents', 'notification', 'payment']

/** For everyone who is signed in. `notification` has no such route but an open one. */
export const plainRouteOf: Record<ServiceName, string> = {
  client: '/v1/me',
  auth: '/v1/sessions?limit=1',
  documents: '/v1/requests?limit=1',
  notification: '/.well-known/letter-keys.json',
  payment: '/v1/invoices?limit=1',
}

/** Closed while nobody knows who is blocked: of `auth` the way to give an identity up, which this person has not. */
export const sensitiveRouteOf = (service: ServiceName): { method: string; path: string } =>
  service === 'auth'
    ? { method: 'DELETE', path: '/v1/identities/sber-id' }
    : { method: 'GET', path: routeOf[service] }
