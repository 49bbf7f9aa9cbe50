import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { emailOTP } from 'better-auth/plugins'
import { Pool } from 'pg'
import { each, type Side, statusOf } from './side.ts'

const origin = 'http://127.0.0.1:3000'

/** better-auth's e-mail OTP as its documentation sets it up, with whatever is optional turned off: its rate limit, log and telemetry. */
export const openBetterAuth = async (url: string): Promise<Side> => {
  const pool = new Pool({ connectionString: url, max: 10 })
  const codes = new Map<string, string>()
  const auth = betterAuth({
    baseURL: origin,
    secret: crypto.randomUUID().repeat(2),
    database: pool,
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      emailOTP({
        sendVerificationOTP: async ({ email, otp }) => {
          codes.set(email, otp)
        },
      }),
    ],
  })
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()

  const post = async (path: string, body: object): Promise<Response> => {
    const headers = { 'content-type': 'application/json', origin }
    const request = new Request(`${origin}/api/auth${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers,
    })
    return statusOf(200, await auth.handler(request))
  }

  return {
    name: 'better-auth',
    signIn: async (emails, atOnce) => {
      await each(emails, atOnce, async (email) => {
        await post('/email-otp/send-verification-otp', { email, type: 'sign-in' })
      })
      const cookies: string[] = []
      await each(emails, atOnce, async (email) => {
        const answer = await post('/sign-in/email-otp', { email, otp: codes.get(email) })
        cookies.push(
          answer.headers
            .getSetCookie()
            .map((cookie) => cookie.split(';')[0])
            .join('; '),
        )
      })
      return cookies
    },
    readSessions: (cookies, atOnce) =>
      each(cookies, atOnce, async (cookie) => {
        const request = new Request(`${origin}/api/auth/get-session`, { headers: { cookie } })
        const answer = statusOf(200, await auth.handler(request))
        if (!((await answer.json()) as { user?: object } | null)?.user) throw new Error('No session')
      }),
    close: () => pool.end(),
  }
}
