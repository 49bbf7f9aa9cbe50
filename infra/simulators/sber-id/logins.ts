import { createHash } from 'node:crypto'
import type { Store } from '../frame/store.ts'
import type { AuthorizationRequest } from './check-request.ts'

export type Login = { personId: string; request: AuthorizationRequest; signedInAt: Date; accessToken: string }

type Row = {
  code: string
  person_id: string
  request: string
  signed_in_at: number
  spent_at: number | null
  access_token: string
}

const codeMs = 60_000

export const prepareLogins = (store: Store): void => {
  store.run(`create table if not exists logins (
    code text primary key, person_id text not null, request text not null, signed_in_at integer not null,
    access_token text not null unique, spent_at integer, access_until integer)`)
}

/** The person has agreed: the code for the redirect. */
export const startLogin = (
  store: Store,
  personId: string,
  request: AuthorizationRequest,
  now: Date,
): string => {
  const code = crypto.randomUUID().toUpperCase()
  store
    .query('insert into logins (code, person_id, request, signed_in_at, access_token) values (?, ?, ?, ?, ?)')
    .run(code, personId, JSON.stringify(request), now.getTime(), crypto.randomUUID())
  return code
}

/** Any try spends the code, a wrong one too; a second try revokes what the first one gave. */
export const exchangeCode = (
  store: Store,
  given: {
    code: string
    redirectUri: string
    verifier: string | undefined
    accessSeconds: number
    now: Date
  },
): Login | undefined =>
  store.transaction(() => {
    const row = store
      .query<Row, [string]>(
        'select code, person_id, request, signed_in_at, spent_at, access_token from logins where code = ?',
      )
      .get(given.code)
    if (!row) return undefined
    const login = toLogin(row)
    const time = given.now.getTime()
    const right =
      row.spent_at === null &&
      time < row.signed_in_at + codeMs &&
      login.request.redirectUri === given.redirectUri &&
      isVerified(login.request.challenge, given.verifier)
    store
      .query('update logins set spent_at = ?, access_until = ? where code = ?')
      .run(time, right ? time + given.accessSeconds * 1000 : null, row.code)
    return right ? login : undefined
  })()

export const findLogin = (store: Store, accessToken: string, now: Date): Login | undefined => {
  const row = store
    .query<Row, [string, number]>(
      `select code, person_id, request, signed_in_at, spent_at, access_token
       from logins where access_token = ? and access_until > ?`,
    )
    .get(accessToken, now.getTime())
  return row ? toLogin(row) : undefined
}

const toLogin = (row: Row): Login => ({
  personId: row.person_id,
  request: JSON.parse(row.request) as AuthorizationRequest,
  signedInAt: new Date(row.signed_in_at),
  accessToken: row.access_token,
})

const isVerified = (challenge: string | null, verifier: string | undefined): boolean =>
  challenge === null
    ? verifier === undefined
    : verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === challenge
