import { createApp } from '@kontora/service'
import { snapshot } from './access/routes.ts'
import { addresses, requisites } from './addresses/routes.ts'
import { audit } from './audit/routes.ts'
import { blocks } from './blocks/routes.ts'
import { grants } from './grants/routes.ts'
import type { Resources } from './resources.ts'
import { roles } from './roles/routes.ts'
import { me, users } from './users/routes.ts'

export const app = createApp<Resources>({
  title: 'Kontora: client',
  description: 'Users and their addresses, roles, grants, blocks, and the audit of all of these.',
})
  .route('/v1/me', me)
  .route('/v1/users', users)
  .route('/v1/users', blocks)
  .route('/v1/users', grants)
  .route('/v1/roles', roles)
  .route('/v1/addresses', addresses)
  .route('/v1/requisites', requisites)
  .route('/v1/access', snapshot)
  .route('/v1/audit', audit)
