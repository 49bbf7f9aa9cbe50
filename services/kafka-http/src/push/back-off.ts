const firstMs = 250
const mostMs = 300_000

/** Doubles up to five minutes, less up to a half by chance (0 to 255), so that subscriptions do not knock together. */
export const waitAfter = (failures: number, chance: number, retryAfterMs = 0): number => {
  const fullMs = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), mostMs)
  return Math.max(fullMs - (fullMs / 2) * (chance / 256), retryAfterMs)
}
