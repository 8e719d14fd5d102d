import { describeQueryEngine } from '../../conformance/query-engine.ts'
import { awsDrivers } from '../drivers.ts'

describeQueryEngine('Athena', async () => {
  const drivers = await awsDrivers({ bucket: 'query-engine-suite', datasets: ['suite'] })
  return { ...drivers, givesParts: false, showsCreated: false }
})
