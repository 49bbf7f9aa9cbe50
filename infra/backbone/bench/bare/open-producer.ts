import { Producer } from '@platformatic/kafka'

const encode = (text?: string): Buffer | undefined => (text === undefined ? undefined : Buffer.from(text))

/** As safe as kafka-http's own: idempotent, and all acknowledge. */
export const openProducer = (brokers: string) =>
  new Producer<string, string, string, string>({
    clientId: 'bare',
    bootstrapBrokers: [brokers],
    idempotent: true,
    acks: -1,
    retries: 5,
    serializers: { key: encode, value: encode },
  })
