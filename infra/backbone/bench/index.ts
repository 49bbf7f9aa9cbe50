import type { Bench } from '../../stack/bench/figure.ts'
import { benchConsume, benchFirstRecord } from './consume.ts'
import { benchPostgresProduce } from './postgres-produce.ts'
import { benchProduce1, benchProduce100, benchProduceLone } from './produce.ts'
import { benchWaiting } from './waiting.ts'

/** Figure, or the figures that one measurement yields → how it is measured. */
export const eventFigures: Record<string, Bench> = {
  'produce-100': benchProduce100,
  'produce-1': benchProduce1,
  'produce-lone': benchProduceLone,
  'consume-100': benchConsume,
  'first-record': benchFirstRecord,
  'postgres-produce-100': benchPostgresProduce,
  'waiting-1000-rss': benchWaiting,
  'waiting-1000-cpu': benchWaiting,
}
