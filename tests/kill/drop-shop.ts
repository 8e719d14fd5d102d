import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import { openShop } from '../e2e/shop.ts'

/**
 * A process that can be killed: `node drop-shop.ts FOLDER [FILE…]` drops the files into the shop's lake there, or runs
 * what is pending when there are none; with threads, and through to the disk.
 */
const [path = '', ...paths] = process.argv.slice(2)
const lake = await openShop(path, { workers: 2, sync: true })
process.stdout.write('open\n')
if (paths.length > 0) await drop(lake, { paths })
else await runPending(lake, 'shop')
await lake.close()
process.stdout.write('done\n')
