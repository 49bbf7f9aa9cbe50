import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestAccess } from '@kontora/access/testing'
import { openFiles } from '@kontora/files'
import { createJobs } from '@kontora/jobs'
import { openOneC } from '@kontora/one-c'
import { createS3StandIn } from '@kontora/s3-stand-in'
import { createHealth, createLog, realChance } from '@kontora/service'
import { type Simulator, simulators } from '@kontora/simulators'
import { simulatedBase, testDatabase } from '@kontora/testing'
import { app } from './app.ts'
import { openCampaigns } from './campaigns/client.ts'
import { openRequisites } from './client/read-requisites.ts'
import type { System } from './deliveries/system.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { openSendCard } from './one-c/send-card.ts'
import { portalLink } from './partners/open-partners.ts'
import type { Resources } from './resources.ts'
import { openRoback } from './roback/client.ts'

const keys = { accessKey: 'test-access', secretKey: 'test-secret-key' }
const linkTo = portalLink('https://portal.test')
const [user, password, key] = ['Обмен', 'пароль', 'partner-key']

const mapping = { ...simulatedBase, postMode: 'none' as const }

/** The three partners, in this process; `away` cannot be reached. */
const openPartnersInProcess = (now: () => Date) => {
  const create = simulators as unknown as Record<System, (options: object) => Simulator>
  const partners: Record<System, Simulator> = {
    'one-c': create['one-c']({ user, password }),
    roback: create.roback({ key, unknownClients: 'accept' }),
    campaigns: create.campaigns({ key }),
  }
  const away = new Set<System>()
  const unknownPeople = new Set<string>()
  const to = (system: System) => (url: string, init?: RequestInit) => {
    if (away.has(system)) throw new TypeError('Connection refused')
    return partners[system].app.request(url, init)
  }
  const answerRequisites = async (_: string, init?: RequestInit): Promise<Response> => {
    const { userIds } = JSON.parse(String(init?.body)) as { userIds: string[] }
    if (new Headers(init?.headers).get('authorization') !== 'Bearer token-for-client')
      return new Response(null, { status: 401 })
    const person = { displayName: 'Анна Соколова', kind: 'person', inn: null, kpp: null }
    const known = userIds.filter((userId) => !unknownPeople.has(userId))
    return Response.json({ people: known.map((userId) => ({ userId, ...person, other: 1 })) })
  }
  const url = (system: System) => `http://${system}.test`
  const campaigns = openCampaigns({ url: url('campaigns'), key, fetch: to('campaigns') })
  const readRequisites = openRequisites({
    url: 'http://client.test',
    token: async (audience) => `token-for-${audience}`,
    fetch: answerRequisites,
  })
  const oneC = openOneC({
    url: `${url('one-c')}/buh`,
    user,
    password,
    mapping,
    concurrency: 2,
    now,
    fetch: to('one-c'),
  })
  return {
    partners: {
      'one-c': openSendCard({ oneC, readRequisites, linkTo }),
      roback: openRoback({ url: url('roback'), key, linkTo, fetch: to('roback') }),
      campaigns: campaigns.tell,
    },
    campaigns,
    away,
    unknownPeople,
    simulators: partners,
    close: () => Object.values(partners).forEach((one) => void one.close()),
  }
}

/** A documents service with everything that it speaks to, for its tests. `clock.ms` is added to the real time. */
export const openTestStand = async () => {
  const database = await testDatabase({ name: 'documents', migrations })
  const { sql } = database
  const clock = { ms: 0 }
  const now = () => new Date(Date.now() + clock.ms)
  const dir = await mkdtemp(join(tmpdir(), 'kontora-documents-'))
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: createS3StandIn({ dir, ...keys }).fetch })
  const store = { ...keys, region: 'us-east-1', bucket: 'documents', endpoint: server.url.origin }
  const files = openFiles(store)
  await files.ensureBucket()
  const access = await createTestAccess({ sql, now, service: 'documents' })
  const outside = openPartnersInProcess(now)
  const lines: string[] = []
  const resources: Resources & { sql: typeof sql } = {
    ...realChance(),
    now,
    sql,
    log: createLog('documents', now, (line) => lines.push(line)),
    health: createHealth(),
    access: access.access,
    verifyToken: access.verifyToken,
    files,
    maxUploadBytes: 100_000,
    partners: outside.partners,
    campaigns: outside.campaigns,
  }

  const call = async (
    userId: string | undefined,
    method: string,
    path: string,
    body?: unknown,
    { key: idempotencyKey = crypto.randomUUID() as string, over = {} as Partial<Resources> } = {},
  ) => {
    const response = await app.request(
      path,
      {
        method,
        headers: {
          ...(userId && { authorization: `Bearer ${await access.tokenFor(userId)}` }),
          ...(method === 'POST' && { 'idempotency-key': idempotencyKey }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
      { ...resources, ...over },
    )
    const text = await response.text()
    const answer = (text ? JSON.parse(text) : {}) as Record<string, unknown>
    return { status: response.status, headers: response.headers, answer }
  }

  return {
    ...outside,
    database,
    sql,
    resources,
    access,
    clock,
    lines,
    call,
    store,
    files,
    /** Runs every job that is due, round after round, until it has nothing more. */
    runJobs: () => createJobs(resources, jobs({ campaignsEveryMs: 60_000 })).runAll(),
    close: async () => {
      outside.close()
      await server.stop(true)
      await rm(dir, { recursive: true })
      await database.close()
    },
  }
}

export type TestStand = Awaited<ReturnType<typeof openTestStand>>
