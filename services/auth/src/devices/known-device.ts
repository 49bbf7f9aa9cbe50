import type { Transaction } from '@kontora/postgres'
import { base64url } from 'jose'
import type { Resources } from '../resources.ts'
import { isOneOf, type Pepper } from '../secrets/pepper.ts'

/** A browser that has signed someone in is known again by this cookie; it proves nothing but that. */
export type Device = { id: string; hash: string; hashes: string[] }

const shape = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

const deviceOfId = async (pepper: Pepper, id: string): Promise<Device> => ({
  id,
  hash: await pepper('known-device', id),
  hashes: await pepper.each('known-device', id),
})

/** Undefined for what we did not sign. */
export const readDevice = async (pepper: Pepper, cookie: string | undefined): Promise<Device | undefined> => {
  const [, id, proof] = shape.exec(cookie ?? '') ?? []
  if (!id || !proof || !isOneOf(proof, await pepper.each('device-cookie', id))) return undefined
  return deviceOfId(pepper, id)
}

export const makeDevice = ({ pepper, random }: Pick<Resources, 'pepper' | 'random'>): Promise<Device> =>
  deviceOfId(pepper, base64url.encode(random(16)))

export const writeDevice = async (pepper: Pepper, { id }: Device): Promise<string> =>
  `${id}.${await pepper('device-cookie', id)}`

type Known = { deviceHash: string; addressHash: string; userId: string; seenAt: Date }

/** With the session, in its transaction. */
export const rememberDevice = async (tx: Transaction, known: Known): Promise<void> => {
  await tx`
    insert into known_devices ${tx(known)}
    on conflict (device_hash, address_hash) do update set user_id = excluded.user_id, seen_at = excluded.seen_at`
}

/**
 * For all addresses that he has confirmed here: whoever signs in without one may want a code for any of them. Answers whether
 * it was a stranger to him.
 */
export const rememberDeviceOf = async (
  tx: Transaction,
  { device, userId, seenAt }: { device: Device; userId: string; seenAt: Date },
): Promise<boolean> => {
  const known = await tx`
    select address_hash from known_devices
    where user_id = ${userId} and device_hash in ${tx(device.hashes)} limit 1`
  const kept = await tx`
    insert into known_devices (device_hash, address_hash, user_id, seen_at)
    select ${device.hash}, address_hash, user_id, ${seenAt}::timestamptz from known_addresses
    where user_id = ${userId}
    on conflict (device_hash, address_hash) do update set user_id = excluded.user_id, seen_at = excluded.seen_at
    returning address_hash`
  return kept.length > 0 && known.length === 0
}

/** Every browser but the one that asks for it. */
export const forgetOtherDevices = async (
  tx: Transaction,
  userId: string,
  device: Device | undefined,
): Promise<void> => {
  const own = device?.hashes ?? ['']
  await tx`delete from known_devices where user_id = ${userId} and device_hash not in ${tx(own)}`
}

/** Whether someone has signed in with this address from this device. */
export const isKnownDevice = async (
  { sql }: Pick<Resources, 'sql'>,
  device: Device | undefined,
  addressHashes: string[],
): Promise<boolean> => {
  if (!device) return false
  const rows = await sql`
    select user_id from known_devices
    where device_hash in ${sql(device.hashes)} and address_hash in ${sql(addressHashes)}`
  return rows.length > 0
}

/** Whether the flow was asked for by this device, and for an address that it is known for. */
export const isKnownOfFlow = async (
  { sql }: Pick<Resources, 'sql'>,
  device: Device | undefined,
  flowId: string,
): Promise<boolean> => {
  if (!device) return false
  const rows = await sql`
    select id from flows where id = ${flowId} and device_hash in ${sql(device.hashes)}`
  return rows.length > 0
}
