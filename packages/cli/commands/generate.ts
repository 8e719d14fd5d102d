import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { choices } from '@droplake/contracts/did-you-mean'
import { type Generator, generators } from '@droplake/generator/registry'
import { folderSink } from '@droplake/generator/sink'
import { UsageError } from '@droplake/local/usage-error'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { checkFolder, generateOptions, optionNames } from '../generate-options.ts'
import { bytes, count } from '../text.ts'
import { textTable } from '../text-table.ts'

const names = Object.keys(generators).join(', ')

export default command({
  name: 'generate',
  usage: 'DATASET --out DIR',
  description:
    'Writes sample files, with real-world defects if wanted. The same seed gives the same bytes on every machine.',
  examples: [
    'generate olist --out samples --orders 5000 --seed 7 --defects 0.01',
    'generate clickstream --from samples --out samples --seed 7',
  ],
  args: {
    dataset: { type: 'positional', description: `what to generate: ${names}` },
    out: { type: 'string', valueHint: 'DIR', description: 'the folder that the files go to; created when absent' },
    ...generateOptions,
  },
  async run(session, args) {
    const name = args._[0] ?? ''
    const generator: Generator | undefined = Object.hasOwn(generators, name) ? generators[name] : undefined
    if (!generator) throw new UsageError(`generate: nothing named ${name}${choices(name, Object.keys(generators))}`)
    if (args.out === undefined) throw new UsageError('generate: no --out given; name a folder for the files: --out DIR')
    const options = optionNames(name, generator, args)
    if (options.from !== undefined) checkFolder('from', options.from)
    const folder = resolve(args.out)
    const written: string[] = []
    const sink = folderSink(folder)
    const tables = await generator.write((file) => {
      written.push(file)
      return sink(file)
    }, options)
    const files = written.map((file) => ({ name: file, bytes: statSync(join(folder, file)).size }))
    session.answer({ generator: name, seed: options.seed, folder, files, tables }, () => {
      const rows = files.map((file) => [file.name, bytes(file.bytes)])
      const all = Object.values(tables).reduce((sum, table) => sum + table.rows, 0)
      const table = textTable([{ title: 'file' }, { title: 'size', align: 'right' }], rows)
      const next = session.quiet ? '' : `\n\n  next  ${session.hint(`drop ${args.out}`)}`
      return `${table}\n${count(all)} rows in ${folder}${next}`
    })
    return exit.done
  },
})
