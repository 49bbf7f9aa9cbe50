import { services } from '../secrets.ts'

const ofAccount = (form: string): string => `POST /auth/v1/account/${form}`

/** Open to whoever comes: a new one is written here, or the test fails. */
export const open = [
  ...services.flatMap((service) =>
    ['/health/live', '/health/ready', '/openapi.json'].map((path) => `GET /${service}${path}`),
  ),
  ...[
    'codes',
    'sign-in',
    'sign-in/passkey',
    'sign-in/passkey/challenges',
    'token',
    'revoke',
    'introspect',
    'sber-id/link',
    'openid/{provider}/link',
  ].map((path) => `POST /auth/v1/${path}`),
  ...['address', 'code', 'again', 'change', 'by-passkey'].map((form) => `POST /auth/v1/sign-in/${form}`),
  'GET /auth/v1/authorize',
  'GET /auth/v1/passkey.js',
  // Forms of our own pages alone, and of whom the browser's cookie names.
  ...['ask', 'code', 'passkey', 'recovery-code'].map((form) => `POST /auth/v1/step-up/${form}`),
  'GET /auth/v1/account',
  ...['sessions/end', 'sessions/others', 'sessions/all', 'recovery-codes'].map(ofAccount),
  ...['passkeys/add', 'passkeys/name', 'passkeys/remove', 'providers/link', 'providers/unlink'].map(
    ofAccount,
  ),
  ...['GET', 'POST'].map((method) => `${method} /auth/v1/sign-out`),
  // Pages of a service send whoever is not signed in to `auth`.
  ...['GET /invoices', 'GET /sign-in', 'GET /sign-in/callback', 'POST /sign-out'].map((route) =>
    route.replace(' ', ' /payment'),
  ),
  ...['', '/status', '/pdf'].map((page) => `GET /payment/invoices/{id}${page}`),
  'POST /payment/invoices/{id}/attempts',
  // To whoever holds the link; a payer returns by the last of them.
  ...['live.js', '{token}', '{token}/status', '{token}/pdf', 'back'].map(
    (page) => `GET /payment/pay/${page}`,
  ),
  'POST /payment/pay/{token}/attempts',
  'GET /auth/v1/sber-id/start',
  'GET /auth/v1/sber-id/callback',
  'GET /auth/v1/openid/{provider}/start',
  'GET /auth/v1/openid/{provider}/callback',
  'GET /auth/.well-known/jwks.json',
  'GET /auth/.well-known/oauth-authorization-server',
  'GET /notification/.well-known/letter-keys.json',
  'POST /notification/v1/resend/webhook',
  'GET /payment/v1/vtb/callback',
  'POST /payment/v1/vtb/callback',
  // Unsigned: whoever does not know the last part of the address is refused.
  'POST /payment/v1/vtb/openapi/callback/{secret}',
]

/** Open to every person for what is his own, without a permission; all else that is not `open` needs one. */
export const own = Object.entries({
  client: ['GET me'],
  auth: ['GET sessions', 'DELETE sessions/{id}', 'DELETE sessions/others', 'DELETE sessions/all'],
  'auth ': ['GET identities', 'POST identities/{provider}', 'DELETE identities/{provider}'],
  'auth  ': [
    'GET passkeys',
    'POST passkeys',
    'POST passkeys/challenges',
    'PATCH passkeys/{id}',
    'DELETE passkeys/{id}',
  ],
  'auth   ': [
    'GET recovery-codes',
    'POST recovery-codes',
    'GET second-proof',
    'POST second-proof',
    'POST second-proof/challenges',
    'POST second-proof/codes',
  ],
  documents: [
    'GET requests',
    'GET requests/{id}',
    'POST requests/{id}/uploads',
    'POST uploads/{id}/complete',
  ],
  'documents ': ['GET documents/{id}', 'GET documents/{id}/download', 'GET campaigns'],
  payment: [
    'GET invoices',
    'GET invoices/{id}',
    'GET invoices/{id}/pdf',
    'GET invoices/{id}/receipts',
    'POST invoices/{id}/attempts',
    'GET attempts/{id}',
    'GET refunds/{id}',
  ],
}).flatMap(([service, names]) => names.map((name) => name.replace(' ', ` /${service.trim()}/v1/`)))

/** Whoever asks for these is signed out, or signs out his other sessions. */
export const ending = /sessions\/(others|all)$/

/** Not even the administrator's. */
export const ownAlone = /attempts|uploads|(sessions|identities|passkeys)\//

export const file = {
  fileName: 'a.pdf',
  contentType: 'application/pdf',
  sizeBytes: 9,
  sha256: '0'.repeat(64),
}
export const bodies: Record<string, object> = {
  'PATCH /auth/v1/passkeys/{id}': { name: 'Чужой' },
  'POST /documents/v1/requests/{id}/uploads': file,
  'POST /payment/v1/invoices/{id}/attempts': { way: 'card' },
}

/** What a machine may besides: routes that belong to nobody. */
export const ofMachines = ['GET /documents/v1/campaigns']
