import { oneCGuid, oneCText } from './address.ts'
import { buyersContract, type Counterparty, contractEntity, counterpartyEntity } from './counterparty.ts'
import { differences, refuseDifferences } from './differences.ts'
import type { OneCAnswer, OneCEntity } from './entity.ts'
import { fieldsOf } from './fields.ts'
import { type OneCMapping, organizationOf } from './mapping.ts'
import { OneCFault } from './one-c-fault.ts'
import { type ODataOptions, openOData } from './open-odata.ts'
import { wallClock } from './wall-clock.ts'

export type OneCOptions = ODataOptions & { mapping: OneCMapping; now: () => Date }

export type OneC = ReturnType<typeof openOneC>

/** What lies in 1С now, after a last look at it. */
export type Kept = { number: string; version: string; posted: boolean }

/** By other hands: unlike our own it is nobody's to change but theirs. */
type Payer = { counterpartyKey: string; contractKey: string }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Standard OData of a base by the customer's mapping. Every write goes by our own key and may be repeated after any fault. */
export const openOneC = (options: OneCOptions) => {
  const { mapping, now } = options
  const odata = openOData(options)
  const { sets } = mapping

  const post = async (set: string, key: string): Promise<void> => {
    const document = await odata.get(set, key)
    // Repeating it is safe, but slow and a business event in 1С, so what is posted stays so.
    if (document?.Posted !== true) await odata.post(set, key)
  }

  /** Read once more after the last write: posting runs handlers that may change what was sent. */
  const readBack = async (set: string, entity: OneCEntity): Promise<OneCAnswer> => {
    const kept = await odata.get(set, entity.Ref_Key)
    if (!kept) throw new OneCFault('business', 'vanished', 'Документ записан, но 1С его не находит')
    refuseDifferences(differences(entity, kept))
    if (kept.DeletionMark === true)
      throw new OneCFault('business', 'marked', 'Документ в 1С помечен на удаление')
    if (mapping.postMode === 'post' && kept.Posted !== true)
      throw new OneCFault('business', 'not-posted', 'Документ в 1С записан, но не проведён')
    return kept
  }

  const ownCounterparty = async (counterparty: Counterparty): Promise<string> => {
    const wanted = counterpartyEntity(counterparty, mapping)
    const isThere = await odata.get(sets.counterparties, wanted.Ref_Key)
    if (isThere) await odata.change(sets.counterparties, wanted)
    else await odata.create(sets.counterparties, wanted)
    return wanted.Ref_Key
  }

  const foundCounterparty = async ({ userId, inn, kpp }: Counterparty): Promise<string | undefined> => {
    const fields = fieldsOf('counterparty', mapping.counterpartyFields)
    if (mapping.counterparties === 'own' || !inn || !fields.inn) return undefined
    if (await odata.get(sets.counterparties, userId)) return undefined
    const same = [
      `${fields.inn} eq ${oneCText(inn)}`,
      kpp && fields.kpp && `${fields.kpp} eq ${oneCText(kpp)}`,
    ]
    const filter = [...same, 'DeletionMark eq false', 'IsFolder eq false'].filter(Boolean).join(' and ')
    const found = await odata.find(sets.counterparties, filter)
    if (found.length > 1)
      throw new OneCFault('business', 'two-counterparties', 'В 1С несколько контрагентов с этим ИНН и КПП')
    return found[0] && text(found[0].Ref_Key)
  }

  const foundContract = async (ownerKey: string, organizationKey: string): Promise<string | undefined> => {
    const fields = fieldsOf('contract', mapping.contractFields)
    const filter = [
      `${fields.owner} eq ${oneCGuid(ownerKey)}`,
      `${fields.organization} eq ${oneCGuid(organizationKey)}`,
      `${fields.kind} eq ${oneCText(buyersContract)}`,
      'DeletionMark eq false',
    ]
    const found = await odata.find(sets.contracts, filter.join(' and '))
    if (found.length > 1)
      throw new OneCFault('business', 'two-contracts', 'В 1С несколько договоров с этим покупателем')
    return found[0] && text(found[0].Ref_Key)
  }

  const ensureContract = async (
    userId: string,
    ownerKey = userId,
    organizationKey = mapping.organizationKey,
  ): Promise<string> => {
    const contract = await contractEntity(userId, ownerKey, organizationKey, mapping, now())
    // Its day is that of the first sight of it: only the key, the parties and the kind are compared.
    await odata.create(sets.contracts, contract)
    return contract.Ref_Key
  }

  const ensurePayer = async (counterparty: Counterparty, legalEntityId: string): Promise<Payer> => {
    const { userId } = counterparty
    const { organizationKey } = organizationOf(mapping, legalEntityId)
    const found = await foundCounterparty(counterparty)
    const counterpartyKey = found ?? (await ownCounterparty(counterparty))
    const known = found && (await foundContract(found, organizationKey))
    const contractKey = known ?? (await ensureContract(userId, counterpartyKey, organizationKey))
    return { counterpartyKey, contractKey }
  }

  return {
    ...odata,
    mapping,
    /** A moment on the base's own clock. */
    at: (time: Date): string => wallClock(time, mapping.timeZone),
    post,
    /** Writes a document, posts it where the mapping says so, and compares what 1С then keeps with what it was sent. */
    put: async (set: string, entity: OneCEntity): Promise<Kept> => {
      await odata.create(set, entity)
      if (mapping.postMode === 'post') await post(set, entity.Ref_Key)
      const { Number: number, DataVersion: version, Posted } = await readBack(set, entity)
      return { number: text(number), version: text(version), posted: Posted === true }
    },
    /** Answers with its key: the client's own id, so that every service comes to the same one. */
    upsertCounterparty: async (counterparty: Counterparty): Promise<string> =>
      (await foundCounterparty(counterparty)) ?? ownCounterparty(counterparty),
    /** The contract of a client with our organisation. Answers with its key. */
    ensureContract,
    /** The counterparty and his contract: those that the base has already, or ours. */
    ensurePayer,
  }
}
