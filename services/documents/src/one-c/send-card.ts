import type { OneC, OneCEntity } from '@kontora/one-c'
import type { Requisites } from '../client/read-requisites.ts'
import type { AcceptedDocument, Deliver } from '../deliveries/system.ts'
import { PartnerFault } from '../partners/partner-fault.ts'

type Options = {
  oneC: OneC
  readRequisites: (userId: string) => Promise<Requisites | undefined>
  linkTo: (documentId: string) => string
}

const nameOf = (fileName: string): { name: string; extension: string } => {
  const [, name, extension] = /^(.+)\.([^.]{1,10})$/.exec(fileName) ?? []
  return { name: name ?? fileName, extension: extension ?? '' }
}

/** The card alone: its bytes stay with us, and the path of the file is our permanent link. */
const cardOf = (document: AcceptedDocument, oneC: OneC, ownerKey: string, link: string): OneCEntity => {
  const { name, extension } = nameOf(document.fileName)
  return {
    Ref_Key: document.documentId,
    Description: name.slice(0, 150),
    Расширение: extension,
    Размер: document.sizeBytes,
    ВладелецФайла_Key: ownerKey,
    ДатаСоздания: oneC.at(document.storedAt),
    ДатаМодификацииУниверсальная: document.storedAt.toISOString().slice(0, 19),
    ПутьКФайлу: link,
  }
}

export const openSendCard =
  ({ oneC, readRequisites, linkTo }: Options): Deliver =>
  async (document) => {
    const requisites = await readRequisites(document.userId)
    if (!requisites) throw new PartnerFault('client', 'business', 'no-requisites')
    const { displayName, ...rest } = requisites
    const ownerKey = await oneC.upsertCounterparty({ ...rest, displayName: displayName ?? document.userId })
    const card = cardOf(document, oneC, ownerKey, linkTo(document.documentId))
    await oneC.create(oneC.mapping.sets.files, card)
  }
