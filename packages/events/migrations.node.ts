export const eventsMigrations = new URL('./migrations/', import.meta.url)
