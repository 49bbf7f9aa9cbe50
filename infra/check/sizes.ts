import { isSource, isTest } from './source-files.ts'

const most = 250

export const checkSizes = async (files: string[]): Promise<string[]> => {
  const faults: string[] = []
  for (const path of files.filter((file) => isSource(file) && !isTest(file))) {
    const lines = (await Bun.file(path).text()).trimEnd().split('\n').length
    if (lines > most) faults.push(`${path}: ${lines} lines, ${most} is the end: look for two subjects`)
  }
  return faults
}
