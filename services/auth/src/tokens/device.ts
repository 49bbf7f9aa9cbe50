import type { Pepper } from '../secrets/pepper.ts'

/** The place for a better sign of "the same device"; for now what the browser says of itself. */
export const deviceOf = ({ pepper }: { pepper: Pepper }, userAgent: string | undefined): Promise<string> =>
  pepper('device', (userAgent ?? '').slice(0, 500))
