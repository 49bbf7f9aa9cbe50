import { createApp } from '@kontora/service'
import { campaigns } from './campaigns/routes.ts'
import { deliveries, documentDeliveries } from './deliveries/routes.ts'
import { documents } from './documents/routes.ts'
import { requests } from './requests/routes.ts'
import type { Resources } from './resources.ts'
import { requestUploads, uploads } from './uploads/routes.ts'

export const app = createApp<Resources>({
  title: 'Kontora: documents',
  description: 'Requests for documents, their files, reviews and deliveries to the partners; campaigns.',
})
  .route('/v1/requests', requests)
  .route('/v1/requests', requestUploads)
  .route('/v1/uploads', uploads)
  .route('/v1/documents', documents)
  .route('/v1/documents', documentDeliveries)
  .route('/v1/deliveries', deliveries)
  .route('/v1/campaigns', campaigns)
