type Claims = Record<string, unknown> & { aud: string; iat: number; exp: number; iss: string }

const hour = 3600
/** JSON leaves it out. */
const without = (name: string) => () => ({ [name]: undefined })

/** What may be wrong in the claims of an id_token. `aud-upper` and `aud-many` are right in other words. */
const claimDeviations = {
  'wrong-nonce': () => ({ nonce: 'wrong' }),
  'no-nonce': without('nonce'),
  'wrong-aud': () => ({ aud: crypto.randomUUID() }),
  'no-aud': without('aud'),
  'aud-upper': ({ aud }: Claims) => ({ aud: aud.toUpperCase() }),
  'aud-many': ({ aud }: Claims) => ({ aud: [crypto.randomUUID(), aud], azp: aud }),
  'no-azp': ({ aud }: Claims) => ({ aud: [crypto.randomUUID(), aud] }),
  'wrong-azp': () => ({ azp: crypto.randomUUID() }),
  'wrong-iss': () => ({ iss: 'wrong.example' }),
  'iss-with-scheme': ({ iss }: Claims) => ({ iss: `https://${iss}` }),
  'no-iss': without('iss'),
  expired: ({ iat }: Claims) => ({ iat: iat - 2 * hour, exp: iat - hour }),
  'no-exp': without('exp'),
  'early-iat': ({ iat }: Claims) => ({ iat: iat + hour }),
  'old-iat': ({ iat }: Claims) => ({ iat: iat - hour }),
  'no-iat': without('iat'),
  'no-sub': without('sub'),
  'empty-sub': () => ({ sub: '' }),
} satisfies Record<string, (claims: Claims) => object>

/** Each alone or with others: of the token's claims, of its envelope, of the answers around it. */
export const deviations = [
  ...(Object.keys(claimDeviations) as (keyof typeof claimDeviations)[]),
  'wrong-signature',
  'signed-none',
  'no-id-token',
  'no-access-token',
  'huge-token',
  'wrong-rquid',
  'no-rquid',
  'userinfo-wrong-sub',
  'userinfo-no-sub',
  'userinfo-wrong-aud',
  'userinfo-jwt',
  'huge-userinfo',
] as const
export type Deviation = (typeof deviations)[number]

export const deviate = (claims: Claims, chosen: Deviation[]): object => {
  const told = { ...claims }
  for (const name of chosen) Object.assign(told, changeOf(name)?.(told))
  return told
}

const changeOf = (name: string) =>
  (claimDeviations as Record<string, ((claims: Claims) => object) | undefined>)[name]
