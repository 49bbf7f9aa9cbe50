import { protocolContract } from './contract.node.ts'
import { openPostgresStand } from './test-stand.node.ts'

protocolContract('the Postgres log', openPostgresStand)
