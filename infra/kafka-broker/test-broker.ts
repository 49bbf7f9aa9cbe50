import { startBroker } from './index.ts'

let started: Promise<string> | undefined

/** The address of the broker that the files of one run share, or of one that this process starts: topics need names of their own. */
export const testBroker = (): Promise<string> => {
  started ??= addressOf()
  return started
}

const addressOf = async (): Promise<string> => process.env.KONTORA_TEST_KAFKA ?? (await startBroker()).brokers
