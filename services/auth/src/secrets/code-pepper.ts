import { type Sql, transaction } from '@kontora/postgres'
import type { Chance, Seal } from '@kontora/service'
import { base64url } from 'jose'
import { codeMs } from '../codes/flow.ts'
import { type Hash, hashUnder } from './pepper.ts'

/** What is hashed for minutes only says by its `id` under which. */
export type CodePepper = { id: string; hash: Hash }
export type CodePeppers = {
  /** To write under. Never used inside a transaction: it has a connection of its own. */
  current: () => Promise<CodePepper>
  /** Undefined once it is destroyed: nothing that was written under it is good any more. */
  find: (id: string) => Promise<Hash | undefined>
}

type Maker = { sql: Sql; seal: Seal } & Chance
type Row = { id: string; keySealed: string; madeAt: Date }

const minute = 60_000
/** For this long what is new is written under one. */
export const pepperMs = 10 * minute
/** With a minute for clocks that differ. */
const lifeMs = pepperMs + codeMs + minute
const lock = 5_121_602

const isWritten = (madeAt: Date, now: Date): boolean => now.getTime() - madeAt.getTime() < pepperMs
const diesBefore = (now: Date): Date => new Date(now.getTime() - lifeMs)

/**
 * Keys of chance, one for ten minutes, sealed in a table that all instances share. They follow from nothing that is kept, so
 * that with one destroyed no secret of ours opens the codes that a later dump or an old row still holds.
 */
export const createCodePeppers = (maker: Maker): CodePeppers => {
  const { sql, seal, now } = maker
  const known = new Map<string, CodePepper & { madeAt: Date }>()

  const forgetDead = (): void => {
    for (const [id, { madeAt }] of known) if (madeAt <= diesBefore(now())) known.delete(id)
  }

  const open = async ({ id, keySealed, madeAt }: Row): Promise<CodePepper> => {
    const opened = { id, madeAt, hash: hashUnder(await seal.open('code-pepper', keySealed)) }
    known.set(id, opened)
    return opened
  }

  return {
    current: async () => {
      forgetDead()
      const mine = [...known.values()].find(({ madeAt }) => isWritten(madeAt, now()))
      return mine ?? open((await newest(sql, now())) ?? (await makeCodePepper(maker)))
    },
    find: async (id) => {
      forgetDead()
      const mine = known.get(id)
      if (mine) return mine.hash
      const [row] = await sql<Row[]>`
        select id, key_sealed, made_at from code_peppers where id = ${id} and made_at > ${diesBefore(now())}`
      return row && (await open(row)).hash
    },
  }
}

/** For what is not over yet, so neither is its pepper. */
export const hashOfLive = async ({ find }: CodePeppers, id: string): Promise<Hash> => {
  const hash = await find(id)
  if (!hash) throw new Error('A pepper was destroyed before its time')
  return hash
}

const newest = async (sql: Sql, now: Date): Promise<Row | undefined> => {
  const [row] = await sql<Row[]>`
    select id, key_sealed, made_at from code_peppers
    where made_at > ${new Date(now.getTime() - pepperMs)} order by made_at desc limit 1`
  return row
}

/** Instances that find none at once make one between them. */
const makeCodePepper = ({ sql, seal, now, newId, random }: Maker): Promise<Row> =>
  transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${lock})`
    const time = now()
    const known = await newest(tx, time)
    if (known) return known
    const keySealed = await seal.close('code-pepper', base64url.encode(random(32)))
    const made = { id: newId(), keySealed, madeAt: time }
    await tx`insert into code_peppers ${tx(made)}`
    return made
  })

/** What is left of a code's hash after this is noise, for us too. */
export const destroyCodePeppers = async ({ sql, now }: { sql: Sql; now: () => Date }): Promise<void> => {
  await sql`delete from code_peppers where made_at <= ${diesBefore(now())}`
}
