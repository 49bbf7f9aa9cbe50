import { Problem } from '@kontora/service'
import type { Context } from 'hono'
import type { Credential } from './credential.ts'
import type { Env } from './known.ts'

const isLimited = ({ requestsPerSecond, bytesPerSecond }: Credential): boolean =>
  requestsPerSecond !== null || bytesPerSecond !== null

const bytesOf = async ({ req }: Context<Env>): Promise<number> => {
  const announced = Number(req.header('content-length') ?? Number.NaN)
  return Number.isNaN(announced) ? (await req.arrayBuffer()).byteLength : announced
}

/** Before the body is looked at: who sends too much is sent away cheaply. */
export const chargeRequest = async (c: Context<Env>, credential: Credential): Promise<void> => {
  if (!isLimited(credential)) return
  const bytes = credential.bytesPerSecond === null ? 0 : await bytesOf(c)
  const retryAfterSeconds = c.env.buckets.take(credential.name, credential, bytes)
  if (retryAfterSeconds > 0)
    throw new Problem('too-many-requests', 'The limit of this user is reached', { retryAfterSeconds })
}

export const chargeAnswer = async (c: Context<Env>, { name, bytesPerSecond }: Credential): Promise<void> => {
  if (bytesPerSecond !== null) c.env.buckets.charge(name, (await c.res.clone().arrayBuffer()).byteLength)
}
