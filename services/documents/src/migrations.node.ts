import { accessMigrations } from '@kontora/access/migrations'
import { eventsMigrations } from '@kontora/events/migrations'
import { serviceMigrations } from '@kontora/service/migrations'

export const migrations: URL[] = [
  serviceMigrations,
  eventsMigrations,
  accessMigrations,
  new URL('../migrations/', import.meta.url),
]
