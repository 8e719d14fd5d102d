import { afterAll } from 'vitest'
import { closeClients, openClients } from '../clients.ts'
import { type Answer, startAws } from './aws-server.ts'
import { useEndpoint } from './outputs.ts'

/** A server in the place of AWS for the tests of a file, and clients of it. `answers`: by action, filled by the tests. */
export async function useAws() {
  const answers: Record<string, Answer> = {}
  const before = { ...process.env }
  const aws = await startAws(answers)
  useEndpoint(aws.endpoint)
  const clients = openClients('us-east-1')
  afterAll(async () => {
    process.env = before
    closeClients(clients)
    await aws.close()
  })
  return { aws, answers, clients }
}
