import { jobRoutes } from '@kontora/door'
import { createApp } from '@kontora/service'
import { signInRoutes } from '@kontora/service/pages'
import { attempts } from './attempts/routes.ts'
import { callbacks } from './callbacks/routes.ts'
import { attemptDecisions, attention, moveDecisions, refundDecisions } from './decisions/routes.ts'
import { oneCBase } from './export/base-routes.ts'
import { exports } from './export/routes.ts'
import { holds } from './holds/routes.ts'
import { invoicePages } from './invoices/page-routes.tsx'
import { invoices } from './invoices/routes.ts'
import { ledger } from './ledger/routes.ts'
import { legalEntities } from './legal-entities/routes.ts'
import { linksForLetters } from './payer-links/routes.ts'
import { payerPages } from './payer-page/link-routes.tsx'
import { ownInvoicePages } from './payer-page/own-routes.ts'
import { payments } from './payments/routes.ts'
import { receipts } from './receipts/routes.ts'
import { differences, reconciliations } from './reconciliation/routes.ts'
import { refunds } from './refunds/routes.ts'
import { registries } from './registries/routes.ts'
import type { Resources } from './resources.ts'
import { statements } from './statements/routes.ts'
import { filePaths, mostFileBytes } from './take-file.ts'
import { transfers } from './transfers/routes.ts'

const usualBytes = 1024 * 1024

export const app = createApp<Resources>({
  mostBytes: (_, path) => (filePaths.test(path) ? mostFileBytes : usualBytes),
  title: 'Kontora: payment',
  description: 'Invoices, payments by card and СБП through ВТБ, refunds, the ledger, and their export to 1С.',
})
  .route('/v1/invoices', invoices)
  .route('/v1/attempts', attempts)
  .route('/v1/attempts', holds)
  .route('/v1/attempts', attemptDecisions)
  .route('/v1/refunds', refunds)
  .route('/v1/refunds', refundDecisions)
  .route('/v1/holds/moves', moveDecisions)
  .route('/v1/attention', attention)
  .route('/v1/payments', payments)
  .route('/v1/payer-links', linksForLetters)
  .route('/v1/receipts', receipts)
  .route('/v1/vtb', callbacks)
  .route('/v1/exports', exports)
  .route('/v1/one-c', oneCBase)
  .route('/v1/ledger', ledger)
  .route('/v1/jobs', jobRoutes())
  .route('/v1/legal-entities', legalEntities)
  .route('/v1/statements', statements)
  .route('/v1/transfers', transfers)
  .route('/v1/registries', registries)
  .route('/v1/reconciliations', reconciliations)
  .route('/v1/differences', differences)
  .route('/invoices', invoicePages)
  .route('/invoices', ownInvoicePages)
  .route('/pay', payerPages)
  .route('/', signInRoutes())
