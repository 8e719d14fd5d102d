import type { ArgsDef } from 'citty'
import { hint, usageOf } from './arguments.ts'
import { type Command, globalOptions } from './command.ts'
import type { Style } from './style.ts'

/** What a command does, its options, and examples that run as they stand. */
export function help(command: Command, style: Style): string {
  const { meta, own: args } = command
  const about = 'about' in command ? (command.about as Record<string, string>) : undefined
  const usage = about ? `${meta.name} COMMAND`.trim() : usageOf(command)
  const words = Object.entries(args).filter(([, { type }]) => type === 'positional')
  const lines = [
    meta.description,
    '',
    `${style.bold('Usage')}  npx droplake ${usage} [options]`,
    ...section(style.bold('Commands'), Object.entries(about ?? {})),
    ...section(
      style.bold('Arguments'),
      words.map(([name, { description = '' }]) => [name.toUpperCase(), description]),
    ),
    ...section(style.bold('Options'), optionRows(args)),
    ...section(style.bold('Options of every command'), optionRows(optionsFor(command))),
    '',
    style.bold('Examples'),
    ...meta.examples.map((example) => `  npx droplake ${example}`),
  ]
  if (about)
    lines.push('', `npx droplake ${meta.name ? `${meta.name} ` : ''}COMMAND --help tells more about a command.`)
  return lines.join('\n')
}

/** Only commands that work there name a stage. */
function optionsFor({ meta, subCommands }: Command): ArgsDef {
  const { stage, ...others } = globalOptions
  return meta.onStage || subCommands ? { ...others, stage } : others
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([left]) => left.length))
  return ['', title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)]
}

function optionRows(args: ArgsDef): [string, string][] {
  return Object.entries(args)
    .filter(([, { type }]) => type !== 'positional')
    .map(([name, definition]) => {
      if (definition.type === 'boolean' && definition.default === true)
        return [`--no-${name}`, definition.negativeDescription ?? '']
      const text = definition.description ?? ''
      return definition.type === 'boolean' ? [`--${name}`, text] : [`--${name} ${hint(name, definition)}`, text]
    })
}
