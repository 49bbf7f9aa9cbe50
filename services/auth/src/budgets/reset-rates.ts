import { transaction } from '@kontora/postgres'
import type { Resources } from '../resources.ts'

/** Of one network, or of all together. */
export const resetRates = ({ sql }: Pick<Resources, 'sql'>, key: string): Promise<number> =>
  transaction(sql, async (tx) => (await tx`delete from rates where key = ${key} returning name`).length)
