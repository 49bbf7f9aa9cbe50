import type { Chance } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import type { Keyring } from '../keys/keyring.ts'
import type { SecondProof } from '../second-proof/ways.ts'
import type { Pepper } from '../secrets/pepper.ts'
import { type Session, type SignInMethod, standingOf } from '../sessions/session.ts'
import { writeRefreshToken } from './refresh-token.ts'

export const SignedIn = v.object({
  accessToken: v.string(),
  tokenType: v.literal('Bearer'),
  expiresInSeconds: v.number(),
  refreshToken: v.string(),
  userId: Id,
  sessionId: Id,
})
export type SignedIn = v.InferOutput<typeof SignedIn>

export const accessSeconds = 300

/** RFC 8176, and `pop` of its registry. It has no value for another's word, nor for a code on paper: there stands which it is. */
const amrOf = (by: SignInMethod | SecondProof): string[] => {
  if (by === 'passkey') return ['pop', 'user', 'mfa']
  return by === 'email-code' || by === 'code' ? ['otp'] : [by]
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)

type Signer = { keyring: Keyring; issuer: string } & Pick<Chance, 'now' | 'newId'>

const sign = ({ keyring, issuer, now, newId }: Signer, claims: Record<string, unknown>): Promise<string> => {
  const iat = seconds(now())
  return keyring.sign({ iss: issuer, jti: newId(), iat, exp: iat + accessSeconds, ...claims }, 'at+jwt')
}

const proofOf = (session: Session) => {
  const { acr, authTime } = standingOf(session)
  const { method, provenBy } = session
  const amr = [...new Set([method, ...(provenBy ? [provenBy] : [])].flatMap(amrOf))]
  return { auth_time: seconds(authTime), acr, amr }
}

/** Who it is and how he proved it; never what he may. Called after the commit. */
export const giveTokens = async (
  resources: Signer & { pepper: Pepper },
  session: Session,
): Promise<SignedIn> => {
  const accessToken = await sign(resources, {
    aud: 'portal',
    sub: session.userId,
    sid: session.id,
    client_id: session.clientId,
    ...proofOf(session),
  })
  const family = { familyId: session.familyId ?? session.id, generation: session.generation }
  return {
    accessToken,
    tokenType: 'Bearer',
    expiresInSeconds: accessSeconds,
    refreshToken: await writeRefreshToken(resources.pepper, family),
    userId: session.userId,
    sessionId: session.id,
  }
}

/** For one service only. Machines have no session, so no `sid`. */
export const signMachineToken = (signer: Signer, clientId: string, audience: string): Promise<string> =>
  sign(signer, { aud: audience, sub: clientId, client_id: clientId })
