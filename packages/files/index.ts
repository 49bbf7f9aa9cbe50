export { type Files, openFiles, type StoredFile } from './files.ts'
export { FilesUnavailable } from './files-unavailable.ts'
export type { Download, Upload, UploadLink } from './presign.ts'
export type { StoreSettings } from './store.ts'
