import { testBroker } from '@kontora/kafka-broker/test-broker'
import { protocolContract } from './contract.node.ts'
import { openKafkaStand } from './test-stand.node.ts'

protocolContract('a real Kafka', async (wishes) => openKafkaStand(wishes, await testBroker()))
