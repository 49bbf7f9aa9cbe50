export const migrations: URL[] = [new URL('../migrations/', import.meta.url)]
