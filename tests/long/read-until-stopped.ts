/** Asks one lake the same two questions until the file `stop` appears beside it, and prints every distinct answer. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openShop } from '../e2e/shop.ts'

const path = process.argv[2]
if (!path) throw new Error('read-until-stopped: no folder given')

/** All from one state: customers, orders, orders as the mart counts them, their sum, and orders with a customer. */
const oneState = `
select
  (select count(*) from shop_curated.dim_customer),
  (select count(*) from shop_curated.fact_orders),
  (select sum(orders) from shop_curated.mart_revenue),
  (select cast(sum(amount) as integer) from shop_curated.fact_orders),
  (select count(*) from shop_curated.fact_orders f join shop_curated.dim_customer d on d.customer_id = f.customer_id)`
const months = 'select count(*), sum(orders), cast(sum(revenue) as integer) from shop_curated.mart_revenue'

const lake = await openShop(path)
const answers = new Map<string, number>()
let queries = 0
while (!existsSync(join(path, 'stop')))
  for (const sql of [oneState, months]) {
    const [row = []] = (await lake.fx.engine.run(sql)).rows
    const answer = JSON.stringify(row)
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    queries++
  }
await lake.close()
process.stdout.write(JSON.stringify({ queries, answers: [...answers.keys()].map((answer) => JSON.parse(answer)) }))
