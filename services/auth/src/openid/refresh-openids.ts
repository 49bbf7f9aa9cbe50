import type { Resources } from '../resources.ts'

/** Beside the sign-ins, so that none waits for it; a provider that is down keeps what it said last. */
export const refreshOpenids = async ({ openids, log }: Resources): Promise<number> => {
  const asked = openids.map(({ name, refresh }) =>
    refresh().catch((error: unknown) => {
      log.warn('provider-not-refreshed', { provider: name }, error)
    }),
  )
  await Promise.all(asked)
  return 0
}
