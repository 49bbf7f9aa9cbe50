import type { User } from '@kontora/access'
import { Problem } from '@kontora/service'

export const recentSeconds = 10 * 60

/** What opens an account anew is not done from a browser that was left open since morning. */
export const refuseOldSignIn = ({ authTime }: Pick<User, 'authTime'>, now: Date): void => {
  const isRecent = authTime !== undefined && now.getTime() - authTime.getTime() <= recentSeconds * 1000
  if (!isRecent)
    throw new Problem('not-signed-in', 'Sign in again: this needs a sign-in of the last 10 minutes', {
      maxAgeSeconds: recentSeconds,
    })
}
