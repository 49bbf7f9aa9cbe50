import type { Sql } from '@kontora/postgres'
import { entityAddress, listAddress } from './address.ts'
import { type Call, type CallerOptions, createCaller } from './caller.ts'
import { type Counterparty, contractEntity, counterpartyEntity } from './counterparty.ts'
import { type OneCAnswer, type OneCEntity, type OneCRow, refuseDifferences } from './entity.ts'
import type { OneCMapping } from './mapping.ts'
import { OneCFault } from './one-c-fault.ts'
import { wallClock } from './wall-clock.ts'

export type OneCOptions = CallerOptions & {
  mapping: OneCMapping
  now: () => Date
  /** For leases that the processes of a service share; today each process counts its own. */
  sql?: Sql
}

export type OneC = ReturnType<typeof openOneC>

const exists = '15'
const absent = '9'
const mostRows = 100

const isFault = (error: unknown, code: string): boolean => error instanceof OneCFault && error.code === code

const given = (answer: OneCAnswer | undefined): OneCAnswer => {
  if (!answer) throw new OneCFault('unavailable', 'empty')
  return answer
}

const getBy = async (call: Call, set: string, key: string): Promise<OneCAnswer | undefined> => {
  try {
    return given(await call('GET', entityAddress(set, key)))
  } catch (error) {
    if (isFault(error, absent)) return undefined
    throw error
  }
}

const insert = async (call: Call, set: string, entity: OneCEntity): Promise<OneCAnswer | undefined> => {
  try {
    return await call('POST', encodeURIComponent(set), entity)
  } catch (error) {
    if (isFault(error, exists)) return getBy(call, set, entity.Ref_Key)
    throw error
  }
}

/** Asks first: what a lost answer left behind is found, and a base that would not tell a double key makes no double. */
const createIn = async (call: Call, set: string, entity: OneCEntity): Promise<OneCAnswer> => {
  const kept = (await getBy(call, set, entity.Ref_Key)) ?? given(await insert(call, set, entity))
  refuseDifferences(entity, kept)
  return kept
}

const changed = (wanted: OneCRow, kept: OneCAnswer): OneCRow =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => kept[name] !== value))

/** Standard OData of a 1С base. Every write goes by our own key and may be repeated after any fault. */
export const openOneC = (options: OneCOptions) => {
  const { mapping, now } = options
  const call = createCaller(options)
  const { sets } = mapping

  return {
    mapping,
    /** A moment on the base's own clock. */
    at: (time: Date): string => wallClock(time, mapping.timeZone),
    get: (set: string, key: string) => getBy(call, set, key),
    find: async (set: string, filter: string): Promise<OneCAnswer[]> => {
      const { value } = given(await call('GET', listAddress(set, filter, mostRows)))
      if (!Array.isArray(value)) throw new OneCFault('unavailable', 'garbage')
      if (value.length === mostRows) throw new OneCFault('configuration', 'too-many')
      return value as OneCAnswer[]
    },
    create: (set: string, entity: OneCEntity) => createIn(call, set, entity),
    /** Repeating it is safe, but slow and a business event in 1С, so what is posted stays so. */
    post: async (set: string, key: string): Promise<void> => {
      const document = await getBy(call, set, key)
      if (document?.Posted === true) return
      await call('POST', `${entityAddress(set, key)}/Post?PostingModeOperational=false`)
    },
    /** Answers with its key: the client's own id, so that every service comes to the same one. */
    upsertCounterparty: async (counterparty: Counterparty): Promise<string> => {
      const wanted = counterpartyEntity(counterparty)
      const kept = await createIn(call, sets.counterparties, wanted)
      const change = changed(wanted, kept)
      if (Object.keys(change).length > 0)
        await call('PATCH', entityAddress(sets.counterparties, wanted.Ref_Key), change)
      return wanted.Ref_Key
    },
    /** The contract of a client with our organisation. Answers with its key. */
    ensureContract: async (userId: string): Promise<string> => {
      const contract = await contractEntity(userId, mapping, now())
      await createIn(call, sets.contracts, contract)
      return contract.Ref_Key
    },
  }
}
