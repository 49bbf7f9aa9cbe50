export { connect, type Pool, type Sql, type Transaction } from './connect.ts'
export { isConnectionLost, isLockTimeout, isUniqueViolation, isUnstorable } from './errors.ts'
export { ring } from './ring.ts'
export { afterCommit, isTransaction, poolOf, transaction } from './transaction.ts'
