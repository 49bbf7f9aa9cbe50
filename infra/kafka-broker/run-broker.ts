import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { endWithParent } from '@kontora/embedded-postgres'
import { lastLines } from './run-tool.ts'

export type BrokerProcess = { process: Bun.Subprocess; readLog: () => string }

// It takes 4 s; a machine under full load has been seen to need 40.
const patienceMs = 150_000
const level = (name: string, word: string) => `-Dorg.slf4j.simpleLogger.${name}=${word}`
const quietLog = [level('defaultLogLevel', 'warn'), level('log.kafka.server.KafkaRaftServer', 'info')]

export const spawnBroker = (dir: string, lib: string): BrokerProcess => {
  // The signal of the parent's death comes when the thread that started the child ends, and a Worker ends early.
  if (!isMainThread) throw new Error('Kafka is started from the main thread only.')
  const file = join(dir, 'broker.log')
  const log = openSync(file, 'w', 0o600)
  try {
    const java = ['java', '-Xmx512m', '-XX:+UseSerialGC', '-Djava.awt.headless=true', ...quietLog]
    const child = Bun.spawn(
      // KILL, for it also ends a process that was stopped, and what a test broker has written is its own affair.
      [...endWithParent('KILL'), ...java, '-cp', `${lib}/*`, 'kafka.Kafka', 'server.properties'],
      { cwd: dir, stdin: 'ignore', stdout: log, stderr: log, detached: true },
    )
    return { process: child, readLog: () => readFileSync(file, 'utf8') }
  } finally {
    closeSync(log)
  }
}

/** False: it ended before it was ready. */
export const isReady = async ({ process: child, readLog }: BrokerProcess): Promise<boolean> => {
  for (const end = Date.now() + patienceMs; child.exitCode === null && child.signalCode === null; ) {
    if (/Kafka Server started/.test(readLog())) return true
    if (Date.now() > end) {
      child.kill('SIGKILL')
      await child.exited
      return false
    }
    await Bun.sleep(20)
  }
  return false
}

export const lastWords = ({ readLog }: BrokerProcess, lines = 20): string => lastLines(readLog(), lines)

export const isPortTaken = (log: string): boolean => /Address already in use/.test(log)
