import type { Resources } from '../resources.ts'

/** At the start and from time to time: a store that was away then is found later. */
export const ensureBucket = async ({ files }: Resources): Promise<number> => {
  await files.ensureBucket()
  return 0
}
