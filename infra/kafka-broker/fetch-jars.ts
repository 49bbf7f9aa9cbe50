import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { keepFolder } from './cache.ts'
import { runTool } from './run-tool.ts'

const pom = join(import.meta.dir, 'pom.xml')

/** The folder of Kafka's jars: `KONTORA_KAFKA_LIB`, else the cache's, which Maven fills once. */
export const fetchJars = async (): Promise<string> => {
  const given = process.env.KONTORA_KAFKA_LIB
  if (given && !existsSync(given)) throw new Error(`KONTORA_KAFKA_LIB: there is no folder ${given}.`)
  if (given) return given
  const name = `lib-${Bun.hash(await Bun.file(pom).text()).toString(36)}`
  return keepFolder(name, async (folder) => {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]
    await runTool(['mvn', '-q', '-B', '-f', pom, ...goal], {
      missing:
        'A real Kafka needs Maven (mvn), which fetches its jars once; or set KONTORA_KAFKA_LIB to their folder.',
      fault: "Maven could not fetch Kafka's jars: is there a network?",
    })
  })
}
