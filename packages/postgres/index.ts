export { connect, type Pool, type Sql, type Transaction } from './connect.ts'
export { isConnectionLost, isLockTimeout, isUniqueViolation, isUnstorable } from './errors.ts'
export { afterCommit, isTransaction, poolOf, transaction } from './transaction.ts'
