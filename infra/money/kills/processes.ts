import { type Command, type Launched, launch } from '../../stack/parts/launch.ts'
import { type Addresses, type Role, urlOf } from './commands.ts'

const patienceMs = 60_000

const health: Partial<Record<Role, string>> = {
  'payment-0': '/health/ready',
  'payment-1': '/health/ready',
  'kafka-http': '/health/ready',
  vtb: '/_sim/health',
  'one-c': '/_sim/health',
}

type Running = { launched: Launched; said: Set<unknown> }

/** Starts them; whoever is killed is started again at once. */
export const startProcesses = (
  addresses: Addresses,
  commands: Record<Role, Command>,
  wanted: readonly Role[],
) => {
  const running = new Map<Role, Running>()

  const start = (role: Role): void => {
    const said = new Set<unknown>()
    running.set(role, { said, launched: launch({ ...commands[role], said: ({ event }) => said.add(event) }) })
  }

  const isReady = async (role: Role): Promise<boolean> => {
    const path = health[role]
    if (!path) return running.get(role)?.said.has('listening') ?? false
    const url = `${urlOf(addresses, role)}${path}`
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    return answer?.ok ?? false
  }

  const untilReady = async (role: Role): Promise<void> => {
    for (const end = Date.now() + patienceMs; Date.now() < end; await Bun.sleep(25))
      if (await isReady(role)) return
    throw new Error(`${role} does not become ready; see ${commands[role].logFile}`)
  }

  for (const role of wanted) start(role)
  return {
    untilReady,
    untilAllReady: () => Promise.all(wanted.map(untilReady)),
    /** With -9; answers when the next one of its role has been started. */
    kill: async (role: Role): Promise<void> => {
      const { launched } = running.get(role) ?? {}
      launched?.signal('SIGKILL')
      await launched?.exited
      start(role)
    },
    stop: async (): Promise<void> => {
      for (const { launched } of running.values()) launched.signal('SIGKILL')
      await Promise.all([...running.values()].map(({ launched }) => launched.exited))
    },
  }
}
export type Processes = ReturnType<typeof startProcesses>
