export const accessMigrations = new URL('./migrations/', import.meta.url)
