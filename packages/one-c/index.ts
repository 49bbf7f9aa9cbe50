export { baseOf, oneCGuid, oneCText, oneCTime } from './address.ts'
export type { CallerOptions, Fetch, SignIn } from './caller.ts'
export { checkMapping, type Finding } from './check-mapping.ts'
export type { Counterparty } from './counterparty.ts'
export { derivedKey } from './derived-key.ts'
export { differences, refuseDifferences } from './differences.ts'
export { exact, type OneCAnswer, type OneCEntity, type OneCRow, type OneCValue } from './entity.ts'
export { fieldsOf } from './fields.ts'
export {
  type InvoiceDocument,
  type MoneyDocument,
  OneCMapping,
  OneCMappingText,
  organizationOf,
} from './mapping.ts'
export { type Composite, named } from './named.ts'
export { isOfBase, OneCFault, type OneCFaultKind } from './one-c-fault.ts'
export {
  type HttpService,
  type HttpServiceOptions,
  openHttpService,
  type ServiceCalls,
} from './open-http-service.ts'
export { type Kept, type OneC, type OneCOptions, openOneC } from './open-one-c.ts'
export { kopecksOf, mostKopecks, roubles, roublesText } from './roubles.ts'
export type { Sessions } from './service-session.ts'
