import { afterAll, beforeAll, describe } from 'bun:test'
import { clientContract } from './contract/client.node.ts'
import { groupContract } from './contract/groups.node.ts'
import { limitContract } from './contract/limits.node.ts'
import { logContract } from './contract/log.node.ts'
import { protocolDetails } from './contract/protocol.node.ts'
import { refusalContract } from './contract/refusals.node.ts'
import { type Gateway, type OpenStand, type Stand, wishes } from './contract/stand.node.ts'

/** What every back-end keeps to, seen from outside, through two gateways in front of one log. */
export const protocolContract = (backEnd: string, openStand: OpenStand): void => {
  describe(`kafka-http on ${backEnd}`, () => {
    let stand: Stand
    let gateways: Gateway[] = []
    const gateway = (i: number) => (): Gateway => {
      const found = gateways[i]
      if (!found) throw new Error('The gateways are not open')
      return found
    }
    beforeAll(async () => {
      stand = await openStand(wishes)
      gateways = [await stand.open(), await stand.open()]
    })
    afterAll(async () => {
      for (const { stop } of gateways) await stop()
      await stand?.close()
    })
    clientContract(gateway(0))
    refusalContract(gateway(0))
    groupContract(gateway(0), gateway(1))
    logContract(gateway(0), gateway(1))
    protocolDetails(gateway(0))
    limitContract(gateway(0))
  })
}
