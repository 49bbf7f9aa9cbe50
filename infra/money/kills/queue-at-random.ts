import { enqueue } from '@kontora/jobs'
import { transaction } from '@kontora/postgres'
import { seededRandom } from '../../stack/prove/random.ts'
import { counted, openCounting } from './counting.ts'

/** Queues as many jobs as are allowed, each with a row that tells of it; one change of twenty is undone with its job. */
const { sql, log } = openCounting('queuer')
const random = seededRandom(Number(process.env.SEED))
const lanes = 3

const isAllowed = async (): Promise<boolean> => {
  const [row] = await sql<{ allowed: boolean }[]>`
    select (select count(*) from queued) < allowed as allowed from pace`
  return row?.allowed ?? false
}

const queueOne = async (): Promise<void> => {
  const undone = random.below(20) === 0
  const change = transaction(sql, async (tx) => {
    const [row] = await tx<{ number: number }[]>`insert into queued default values returning number`
    await enqueue(tx, counted, { number: row?.number ?? 0 })
    if (undone) throw new Error('undone')
  })
  await change.catch((error: unknown) => {
    if (!undone) throw error
  })
}

const queueOn = async (): Promise<void> => {
  for (;;) {
    if (await isAllowed()) await queueOne()
    else await Bun.sleep(20)
  }
}

for (let i = 0; i < lanes; i++) void queueOn()
log.info('listening')
