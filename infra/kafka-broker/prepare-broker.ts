import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listenerProperties, scramArguments, type Wanted } from './listeners.ts'
import { makeCertificate } from './make-certificate.ts'
import { runTool } from './run-tool.ts'

export const missingJava = 'A real Kafka needs Java 17 or later (java), which is not on the PATH.'

/** One node, quick to notice what is gone: a killed broker's registration must expire before it may come back. */
const testProperties = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'auto.create.topics.enable': 'false',
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '1000',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'message.max.bytes': '10485760',
}

export type Prepared = { ca: string | undefined }

/** Writes the broker's properties into `dir`, and formats its log if it is new. */
export const prepareBroker = async (
  wanted: Wanted & { lib: string; properties: Record<string, string> },
): Promise<Prepared> => {
  const { dir, lib, sasl, tls, properties } = wanted
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const ca = tls ? await makeCertificate(dir) : undefined
  const log = join(dir, 'log')
  const all = { ...testProperties, 'log.dirs': log, ...listenerProperties(wanted), ...properties }
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(dir, 'server.properties'), lines.join(''), { mode: 0o600 })
  if (!existsSync(log)) await format(dir, lib, sasl ? scramArguments(sasl) : [])
  return { ca }
}

const format = async (dir: string, lib: string, more: string[]): Promise<void> => {
  // One in 64 begins with a hyphen, hence the form of the option below.
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', `${lib}/*`, 'kafka.tools.StorageTool', 'format']
  await runTool(['java', ...tool, `--cluster-id=${id}`, '-c', 'server.properties', ...more], {
    cwd: dir,
    missing: missingJava,
    fault: `Kafka could not format ${dir}.`,
  })
}
