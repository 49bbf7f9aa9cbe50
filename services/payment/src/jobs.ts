import { type Job, scheduled, withQueues } from '@kontora/jobs'
import { askBank } from './attempts/ask-bank.ts'
import { registerAttempts } from './attempts/register-attempts.ts'
import { compareWithOneC } from './export/compare-with-one-c.ts'
import { exportToOneC } from './export/export-to-one-c.ts'
import { planComparison } from './export/plan-comparison.ts'
import { moveHolds } from './holds/move-holds.ts'
import { expireInvoices } from './invoices/expire-invoices.ts'
import { alarmReceipts } from './receipts/alarm-receipts.ts'
import { askReceipts } from './receipts/ask-receipts.ts'
import { closePaid } from './receipts/close-paid.ts'
import { sortTransferReceipts } from './receipts/sort-transfer-receipts.ts'
import { tellClosings } from './receipts/tell-closings.ts'
import { reconcileDays } from './reconciliation/reconcile-days.ts'

import { sendRefunds } from './refunds/send-refunds.ts'
import { findPayouts } from './registries/find-payouts.ts'
import { remindPayers } from './reminders/remind-payers.ts'
import type { Resources } from './resources.ts'
import { eraseDetails } from './transfers/erase-details.ts'
import { matchTransfers } from './transfers/match-transfers.ts'

export const jobs: Job<Resources>[] = withQueues<Resources>([
  { name: 'start-attempts', everyMs: 1000, run: registerAttempts },
  { name: 'ask-bank', everyMs: 500, run: askBank },
  { name: 'move-holds', everyMs: 500, run: moveHolds },
  { name: 'send-refunds', everyMs: 500, run: sendRefunds },
  { name: 'expire-invoices', everyMs: 10_000, run: expireInvoices },
  { name: 'match-transfers', everyMs: 5000, run: matchTransfers },
  { name: 'find-payouts', everyMs: 60_000, run: findPayouts },
  { name: 'reconcile-days', everyMs: 60_000, run: reconcileDays },
  { name: 'erase-transfer-details', everyMs: 3_600_000, run: eraseDetails },
  { name: 'remind-payers', everyMs: 30_000, run: remindPayers },
  { name: 'ask-receipts', everyMs: 5000, run: askReceipts },
  { name: 'close-paid', everyMs: 5000, run: closePaid },
  { name: 'tell-closings', everyMs: 5000, run: tellClosings },
  { name: 'sort-transfer-receipts', everyMs: 5000, run: sortTransferReceipts },
  { name: 'alarm-receipts', everyMs: 30_000, run: alarmReceipts },
  { name: 'export-to-one-c', everyMs: 1000, run: exportToOneC },
  scheduled('plan-comparison', '0 4 * * *', planComparison),
  { name: 'compare-with-one-c', everyMs: 60_000, run: compareWithOneC },
])
