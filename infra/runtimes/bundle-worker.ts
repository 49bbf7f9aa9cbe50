import { join } from 'node:path'

const top = join(import.meta.dir, '../..')

/** One module for workerd, made as an edge deploy makes it. */
export const bundleWorker = (service: string, outdir: string): Promise<string> =>
  bundleDoor(`services/${service}/src/worker.ts`, outdir)

export const bundleDoor = async (entry: string, outdir: string): Promise<string> => {
  const { outputs } = await Bun.build({
    entrypoints: [join(top, entry)],
    naming: 'worker.js',
    outdir,
    target: 'browser',
    conditions: ['workerd', 'worker'],
    external: ['node:*', 'cloudflare:*'],
    minify: true,
  })
  return outputs[0]?.path ?? ''
}
