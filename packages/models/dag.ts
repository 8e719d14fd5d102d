import type { Model } from './model.ts'

/**
 * Model names in layers: every model comes after those that it reads or whose rows its audits look up. Names are sorted
 * within a layer. Throws when models depend on each other in a circle, with the circle named.
 */
export function layers(models: readonly Model[]): string[][] {
  const waiting = new Map(models.map((model) => [model.name, parents(model)]))
  const result: string[][] = []
  while (waiting.size > 0) {
    const ready = [...waiting.keys()].filter((name) => !waiting.get(name)?.some((parent) => waiting.has(parent)))
    if (ready.length === 0) throw new Error(`models: a circle, got ${circle(waiting).join(' -> ')}; break it`)
    for (const name of ready) waiting.delete(name)
    result.push(ready.sort())
  }
  return result
}

/**
 * Names of the models that read one of the given tables, directly or through other models; sorted, the given ones left
 * out. A table is `cleaned.orders`, or the bare name of a model.
 */
export function descendants(models: readonly Model[], names: readonly string[]): string[] {
  const touched = new Set(names.map((name) => (name.includes('.') ? name : `curated.${name}`)))
  const given = new Set(touched)
  for (let before = -1; before !== touched.size; ) {
    before = touched.size
    for (const model of models)
      if (model.inputs.some(({ zone, name }) => touched.has(`${zone}.${name}`))) touched.add(`curated.${model.name}`)
  }
  return models
    .map((model) => model.name)
    .filter((name) => touched.has(`curated.${name}`) && !given.has(`curated.${name}`))
    .sort()
}

function parents(model: Model): string[] {
  const looked = model.audits.flatMap((audit) => (audit.kind === 'relationships' ? [audit.to] : []))
  const own = looked.filter((to) => to.name !== model.name)
  return [...model.inputs, ...own].filter(({ zone }) => zone === 'curated').map(({ name }) => name)
}

/** The models that depend on themselves, each with the way that leads back to it. */
export function circles(models: readonly Model[]): Map<string, string[]> {
  const names = new Set(models.map(({ name }) => name))
  const next = new Map(models.map((model) => [model.name, parents(model).filter((parent) => names.has(parent))]))
  const found = new Map<string, string[]>()
  for (const { name } of models) {
    const ways = [[name]]
    const seen = new Set<string>()
    for (let way = ways.shift(); way && !found.has(name); way = ways.shift())
      for (const parent of next.get(way.at(-1) ?? '') ?? []) {
        if (parent === name) found.set(name, [...way, parent])
        if (seen.has(parent)) continue
        seen.add(parent)
        ways.push([...way, parent])
      }
  }
  return found
}

/** One circle among models that all wait for another one. */
function circle(waiting: Map<string, string[]>): string[] {
  const path: string[] = []
  let name: string | undefined = [...waiting.keys()].sort()[0]
  while (name !== undefined && !path.includes(name)) {
    path.push(name)
    name = waiting.get(name)?.find((parent) => waiting.has(parent))
  }
  return name === undefined ? path : [...path.slice(path.indexOf(name)), name]
}
