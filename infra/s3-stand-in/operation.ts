import type { Call } from './call.ts'
import type { Signed } from './signature.ts'
import type { Store } from './store.ts'

/** All that an operation of S3 works with; a call for the service alone has neither bucket nor key. */
export type OperationRequest = {
  call: Call
  signed: Signed
  store: Store
  bucket: string
  key: string
  now: () => Date
}
export type Operation = (request: OperationRequest) => Response | Promise<Response>
