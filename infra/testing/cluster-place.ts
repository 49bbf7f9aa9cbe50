import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One test cluster a checkout. */
export const clusterPlace = join(import.meta.dir, '..', '..', '.data', 'test-cluster')
export const addressFile = join(clusterPlace, 'cluster.json')
export const holderLog = join(clusterPlace, 'holder.log')

export const readAddress = (): string | undefined => {
  try {
    return (JSON.parse(readFileSync(addressFile, 'utf8')) as { url: string }).url
  } catch {
    return undefined
  }
}
