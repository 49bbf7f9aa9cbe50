import type { Sql } from '@kontora/postgres'
import { realChance } from '@kontora/service'
import { readBytes } from '../statements/commands.node.ts'
import { importRegistry } from './import-registry.ts'
import { readRegistryFile } from './read-registry-file.ts'
import type { RegistryFormat } from './registry-format.ts'

export const importRegistryFile = async (
  sql: Sql,
  format: RegistryFormat,
  path: string | undefined,
): Promise<string> => {
  const file = await readRegistryFile(await readBytes(path), format)
  const { registryId, lines, added, known } = await importRegistry(
    { ...realChance(), sql },
    { id: 'operator' },
    file,
  )
  return `${registryId}  ${lines} operations: ${known ? 'known already, nothing has changed' : `${added} new`}`
}
