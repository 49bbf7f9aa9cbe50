import { describeFiles } from './contract.node.ts'
import { startVersitygw } from './versitygw.node.ts'

describeFiles('versitygw', async () => {
  const { stop, ...server } = await startVersitygw()
  return { settings: { ...server, region: 'us-east-1', bucket: 'kontora-test' }, close: stop }
})
