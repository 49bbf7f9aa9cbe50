import { join } from 'node:path'
import { keepFolder } from './cache.ts'
import { runTool } from './run-tool.ts'

const library = 'confluent-kafka==2.16.1'

/** The Python that has the client's library; made once. A folder of its kind may not be moved, but its interpreter may be run from anywhere. */
export const findPython = async (): Promise<string> => {
  const name = `python-${Bun.hash(library).toString(36)}`
  const folder = await keepFolder(name, async (making) => {
    const missing = 'The outside client needs Python 3 (python3), which is not on the PATH.'
    await runTool(['python3', '-m', 'venv', making], {
      missing,
      fault: 'Python could not make a venv: is its package python3-venv there?',
    })
    const pip = [join(making, 'bin/python'), '-m', 'pip', 'install', '-q', '--only-binary=:all:', library]
    await runTool(pip, { missing, fault: `pip could not install ${library}: is there a network?` })
  })
  return join(folder, 'bin/python')
}
