import { type Proven, standingOf } from '../sessions/session.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

type Wish = Pick<AuthorizationRequest, 'prompt' | 'maxAgeSeconds' | 'acrValues'>

/** `step-up`: signed in, but not as surely as the application wants it. */
export const needOf = (
  { prompt, maxAgeSeconds, acrValues }: Wish,
  session: Proven | undefined,
  now: Date,
): 'nothing' | 'sign-in' | 'step-up' => {
  if (!session || prompt === 'login') return 'sign-in'
  const { acr, authTime } = standingOf(session)
  const ageSeconds = Math.floor((now.getTime() - authTime.getTime()) / 1000)
  if (maxAgeSeconds !== undefined && ageSeconds > maxAgeSeconds) return 'sign-in'
  return acrValues.length === 0 || acrValues.includes(acr) ? 'nothing' : 'step-up'
}
