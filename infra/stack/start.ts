import { addressTable } from './address-table.ts'
import { readArguments } from './arguments.ts'
import { endWith } from './end-with.ts'
import { takeLock } from './lock.ts'
import { makeFolder, readPlace, StartFault, unknownSettings } from './place.ts'
import { startStack } from './start-stack.ts'

const help = `start: the whole local stack, until Ctrl-C.

  KONTORA_DATA   folder of its data (default .data)
  KONTORA_PORT   first port, everything else counts up from it (default 4000)
  DATABASE_URL   a Postgres of yours, as a role that may create databases and roles
  KAFKA_HTTP_URL KAFKA_HTTP_USER KAFKA_HTTP_PASSWORD   a kafka-http of yours
  S3_ENDPOINT S3_ACCESS_KEY S3_SECRET_KEY S3_REGION S3_BUCKET   an S3 of yours`

const fail = (error: unknown): never => {
  console.error(
    error instanceof StartFault || process.env.DEBUG === undefined ? (error as Error).message : error,
  )
  process.exit(1)
}

readArguments({ help })

const begun = Date.now()
let release = () => {}
let stop: () => Promise<void> = async () => {}
let ending = false

const end = async (why: string) => {
  if (ending) return
  ending = true
  console.log(`\n${why}: stopping`)
  await stop().catch((error: unknown) => console.error((error as Error).message))
  release()
  process.exit(0)
}
endWith(end)
// What a stop tears apart in the middle of a start fails here and there; that is no news.
process.on('unhandledRejection', (error) => {
  if (!ending) fail(error)
})

try {
  for (const warning of unknownSettings(process.env)) console.error(warning)
  const place = readPlace(process.env)
  makeFolder(place.data)
  release = takeLock(place)
  console.log(`Starting Kontora in ${place.data} …`)
  const parts = await startStack(
    place,
    (message) => console.log(message),
    (how) => {
      stop = how
    },
  )
  console.log(
    addressTable(
      place,
      parts.map((part) => part.status()),
    ),
  )
  console.log(`Up after ${((Date.now() - begun) / 1000).toFixed(1)} s. Ctrl-C stops everything.`)
} catch (error) {
  // Whoever stops us in the middle of a start makes it fail.
  if (!ending) {
    release()
    fail(error)
  }
}
