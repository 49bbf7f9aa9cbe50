/** 1C reads login and password as UTF-8; what `btoa` makes of a Cyrillic login is nobody. */
export const isSignedIn = (authorization: string | undefined, user: string, password: string): boolean => {
  const [scheme, token] = authorization?.split(' ') ?? []
  if (scheme?.toLowerCase() !== 'basic' || !token) return false
  return Buffer.from(token, 'base64').equals(Buffer.from(`${user}:${password}`, 'utf8'))
}

export const signInAnswer = (): Response =>
  new Response('<html><body><h1>401 Unauthorized</h1></body></html>', {
    status: 401,
    headers: {
      'content-type': 'text/html;charset=utf-8',
      'www-authenticate': 'Basic realm="1C:Enterprise 8.3", charset="UTF-8"',
    },
  })
