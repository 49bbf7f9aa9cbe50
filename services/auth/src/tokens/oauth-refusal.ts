export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_target'

/** RFC 6749 section 5.2: a body of its own, which every OAuth library reads. The text names fields, never values. */
export class OAuthRefusal extends Error {
  readonly code: OAuthErrorCode

  constructor(code: OAuthErrorCode, message: string) {
    super(message)
    this.name = 'OAuthRefusal'
    this.code = code
  }
}

export const oauthResponse = ({ code, message }: OAuthRefusal): Response => {
  const isClient = code === 'invalid_client'
  return Response.json(
    { error: code, error_description: message },
    {
      status: isClient ? 401 : 400,
      headers: { 'cache-control': 'no-store', ...(isClient && { 'www-authenticate': 'Bearer' }) },
    },
  )
}

/** Caught where it is thrown: to the app's own `onError` it would be a bug. */
export const orOAuthError = <Answer>(work: () => Promise<Answer>): Promise<Answer | Response> =>
  work().catch((error: unknown) => {
    if (error instanceof OAuthRefusal) return oauthResponse(error)
    throw error
  })
