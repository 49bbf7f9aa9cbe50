import { acr } from '@kontora/access'
import { type Proven, standingOf } from '../sessions/session.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

type Wish = Pick<AuthorizationRequest, 'prompt' | 'maxAgeSeconds' | 'acrValues'>

const levels = Object.values(acr)

/** Who has proven himself twice has done so once. */
const isSure = (acrValues: string[], shown: string): boolean =>
  acrValues.length === 0 ||
  acrValues.includes(shown) ||
  (shown === acr.secondProof && acrValues.includes(acr.oneProof))

/** `step-up`: signed in, but not as surely or not as lately as the application wants it; `unmet`: nobody here can be as sure. */
export const needOf = (
  { prompt, maxAgeSeconds, acrValues }: Wish,
  session: Proven | undefined,
  now: Date,
): 'nothing' | 'sign-in' | 'step-up' | 'unmet' => {
  if (acrValues.length > 0 && !acrValues.some((one) => levels.includes(one))) return 'unmet'
  if (!session || prompt === 'login') return 'sign-in'
  const { acr: shown, authTime } = standingOf(session)
  const ageSeconds = Math.floor((now.getTime() - authTime.getTime()) / 1000)
  const isOld = maxAgeSeconds !== undefined && ageSeconds > maxAgeSeconds
  return isOld || !isSure(acrValues, shown) ? 'step-up' : 'nothing'
}
