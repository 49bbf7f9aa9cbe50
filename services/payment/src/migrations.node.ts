import { accessMigrations } from '@kontora/access/migrations'
import { eventsMigrations } from '@kontora/events/migrations'
import { jobsMigrations } from '@kontora/jobs/migrations'
import type { Migration } from '@kontora/postgres/migrate'
import { serviceMigrations } from '@kontora/service/migrations'
import { jobs } from './jobs.ts'

export const migrations: Migration[] = [
  serviceMigrations,
  eventsMigrations,
  accessMigrations,
  ...jobsMigrations(jobs),
  new URL('../migrations/', import.meta.url),
]
