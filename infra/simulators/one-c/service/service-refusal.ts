import { Refusal } from '../refusal.ts'

type Status = 400 | 404 | 409 | 422 | 503

/** The error that the contract knows: `{"error":{"code","message","retryable"}}`. */
export class ServiceRefusal extends Error {
  readonly status: Status
  readonly code: string
  readonly retryable: boolean
  constructor(status: Status, code: string, message: string, retryable = false) {
    super(message)
    this.status = status
    this.code = code
    this.retryable = retryable
  }
}

/** What the configuration says no to, in the words of this service. */
const ofConfiguration = ({ message }: Refusal): ServiceRefusal => {
  if (message.includes('заблокирован')) return new ServiceRefusal(409, 'LOCKED', message, true)
  if (message.includes('закрыт')) return new ServiceRefusal(422, 'PERIOD_CLOSED', message)
  return new ServiceRefusal(422, 'REFUSED', message)
}

export const serviceRefusalOf = (error: unknown): ServiceRefusal | undefined => {
  if (error instanceof ServiceRefusal) return error
  if (!(error instanceof Refusal)) return undefined
  // Somebody has deleted it for good, past this service.
  if (error.code === '9') return new ServiceRefusal(404, 'NOT_FOUND', error.message)
  return error.code === '-1' ? ofConfiguration(error) : new ServiceRefusal(400, 'BAD_REQUEST', error.message)
}

export const refusalBody = ({ code, message, retryable }: ServiceRefusal): object => ({
  error: { code, message, retryable },
})
