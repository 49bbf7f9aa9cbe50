import type { Job } from '@kontora/jobs'
import { askBank } from './attempts/ask-bank.ts'
import { registerAttempts } from './attempts/register-attempts.ts'
import { compareWithOneC } from './export/compare-with-one-c.ts'
import { exportToOneC } from './export/export-to-one-c.ts'
import { expireInvoices } from './invoices/expire-invoices.ts'
import { sendRefunds } from './refunds/send-refunds.ts'
import type { Resources } from './resources.ts'

export const jobs: Job<Resources>[] = [
  { name: 'start-attempts', everyMs: 1000, run: registerAttempts },
  { name: 'ask-bank', everyMs: 500, run: askBank },
  { name: 'send-refunds', everyMs: 500, run: sendRefunds },
  { name: 'expire-invoices', everyMs: 10_000, run: expireInvoices },
  { name: 'export-to-one-c', everyMs: 1000, run: exportToOneC },
  { name: 'compare-with-one-c', everyMs: 60_000, run: compareWithOneC },
]
