import { type CryptoKey, errors, importJWK, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose'
import { type KeyMaker, makeMissingKeys } from './make-keys.ts'
import { isPublished, type SigningKey } from './signing-key.ts'

export type Keyring = {
  sign: (claims: Record<string, unknown>, typ: string) => Promise<string>
  /** For our own verification: not over HTTP. */
  verificationKey: JWTVerifyGetKey
  /** As the table has them now: a withdrawn one is gone at once. */
  publicKeys: () => Promise<JWK[]>
}

type Loaded = { at: number; keys: SigningKey[]; signer: { id: string; key: CryptoKey } }

/** A rotation or a withdrawal in another process is noticed within this time. */
const freshMs = 500

/** The keys of the table, kept for a moment. Never used inside a transaction: it has a connection of its own. */
export const createKeyring = (maker: KeyMaker): Keyring => {
  let loaded: Loaded | undefined
  let loading: Promise<Loaded> | undefined

  const fresh = async (): Promise<Loaded> => {
    loading ??= load(maker).finally(() => {
      loading = undefined
    })
    loaded = await loading
    return loaded
  }

  const current = async (): Promise<Loaded> =>
    loaded && maker.now().getTime() - loaded.at < freshMs ? loaded : fresh()

  return {
    sign: async (claims, typ) => {
      const { signer } = await current()
      return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ, kid: signer.id }).sign(signer.key)
    },
    verificationKey: async ({ kid }) => {
      const key = (await current()).keys.find(({ id }) => id === kid)
      if (!key) throw new errors.JWKSNoMatchingKey()
      return importJWK(key.publicKey, 'EdDSA')
    },
    publicKeys: async () => (await fresh()).keys.map(({ publicKey }) => publicKey),
  }
}

const load = async (maker: KeyMaker): Promise<Loaded> => {
  const at = maker.now()
  const keys = (await readKeys(maker)).filter((key) => isPublished(key, at))
  const signing = keys.find(({ state }) => state === 'current')
  if (!signing) {
    await makeMissingKeys(maker)
    return load(maker)
  }
  const jwk = JSON.parse(await maker.seal.open('signing-key', signing.privateKeySealed)) as JWK
  const key = (await importJWK(jwk, 'EdDSA')) as CryptoKey
  return { at: at.getTime(), keys, signer: { id: signing.id, key } }
}

export const readKeys = ({ sql }: Pick<KeyMaker, 'sql'>): Promise<SigningKey[]> =>
  sql<SigningKey[]>`
    select id, state, public_key, private_key_sealed, made_at, signs_from, retired_at, withdrawn_at
    from signing_keys order by made_at desc, id`
