import type { Bench } from '../../stack/bench/figure.ts'
import { benchConsume, benchFirstRecord } from './consume.ts'
import { benchHandled } from './handled.ts'
import { benchPostgresProduce } from './postgres-produce.ts'
import { benchProduce1, benchProduce100, benchProduceLone } from './produce.ts'
import { benchRelay } from './relay.ts'
import { benchWaiting } from './waiting.ts'

/** Figure, or the figures that one measurement yields → how it is measured. */
export const eventFigures: Record<string, Bench> = {
  'produce-100': benchProduce100,
  'produce-1': benchProduce1,
  'produce-lone': benchProduceLone,
  'consume-100': benchConsume,
  'first-record': benchFirstRecord,
  'postgres-produce-100': benchPostgresProduce,
  relay: benchRelay,
  'handled-p50': benchHandled,
  'handled-p99': benchHandled,
  'waiting-1000-rss': benchWaiting,
  'waiting-1000-cpu': benchWaiting,
}
