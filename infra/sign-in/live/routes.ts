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
