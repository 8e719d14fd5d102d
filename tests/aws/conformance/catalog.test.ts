import { describeCatalog } from '../../conformance/catalog.ts'
import { awsDrivers } from '../drivers.ts'

describeCatalog('Glue', async () => {
  const datasets = ['unknown', 'first', 'again', 'moving', 'race', 'build', 'twice', 'pruned', 'apart_a', 'apart_b']
  const drivers = await awsDrivers({ bucket: 'catalog-suite', datasets: [...datasets, 'wide', 'changing', 'parts'] })
  return { catalog: drivers.catalog, another: drivers.anotherCatalog, close: drivers.close }
})
