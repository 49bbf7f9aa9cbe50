import type { User } from '@kontora/access'
import type { Resources } from '../resources.ts'
import { noSuchPasskey } from './remove-passkey.ts'

export const namePasskey = async (
  { sql }: Resources,
  { id: userId }: User,
  { id, name }: { id: string; name: string },
): Promise<void> => {
  const named = await sql`
    update passkeys set name = ${name} where id = ${id} and user_id = ${userId} returning id`
  if (named.length === 0) throw noSuchPasskey()
}
