export const serviceMigrations = new URL('./migrations/', import.meta.url)
