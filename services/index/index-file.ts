import { profileCsv } from '@droplake/columnar/profile-csv'
import { Unreadable } from '@droplake/columnar/unreadable'
import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { counted, noIo } from '@droplake/pipeline/io'
import { keys } from '@droplake/pipeline/keys'
import { type Plan, sliceBytesOf } from '@droplake/pipeline/plan'
import { publicError } from '@droplake/pipeline/public-text'
import { fileNameOf, isPackedSource, readSource } from '@droplake/pipeline/read-source'
import { once, readRecord } from '@droplake/pipeline/records'
import type { IndexRecord } from '@droplake/pipeline/step-records'

export interface IndexFileInput extends RunInput {
  table: string
  large: number
}

/** Looks once through a large plain file: where it may be cut, and all that must be decided for the file as a whole. */
export async function indexFile(fx: DataEffects, input: IndexFileInput): Promise<{ large: number }> {
  const { dataset, run, table, large } = input
  await once<IndexRecord>(fx.store, keys.index(run, table, large), async () => {
    const plan = await readRecord<Plan>(fx.store, keys.plan(run))
    const source = plan.sources[plan.tables[table]?.large[large] ?? -1]
    if (!source) throw new Error(`index: the plan of ${run} has no large source ${large} of ${table}`)
    const io = noIo()
    const siblings = Object.values(datasetOf(fx, dataset).tables)
    const options = { sliceBytes: sliceBytesOf(source, fx.settings), fileName: fileNameOf(source), siblings }
    try {
      if (await isPackedSource(fx.store, source)) return { whole: true, io }
      const chunks = readSource(counted(fx.store, io), source)
      return { profile: await profileCsv(tableOf(fx, dataset, table), chunks, options), io }
    } catch (error) {
      if (error instanceof Unreadable) return { unreadable: publicError(error).message, io }
      throw error
    }
  })
  return { large }
}
