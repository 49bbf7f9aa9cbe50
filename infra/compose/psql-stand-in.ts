import { connect } from '../../packages/postgres/connect.ts'

// Runs what comes on stdin statement by statement, as psql does, on machines that have none; for the test alone.
const argument = (name: string): string =>
  process.argv.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''

const url = new URL(`postgres://${process.env.PGHOST}:${process.env.PGPORT}/${argument('dbname')}`)
url.username = argument('username')
url.password = process.env.PGPASSWORD ?? ''

const sql = connect(url.href, { max: 1 })
try {
  for (const statement of (await Bun.stdin.text()).split(/;\n/).filter((part) => part.trim()))
    await sql.unsafe(statement)
} finally {
  await sql.end()
}
