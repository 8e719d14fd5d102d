import { expect, test } from 'vitest'
import { descendants, layers } from './dag.ts'
import type { Audit } from './model.ts'
import { modelOf } from './testing/model.ts'

const looksUp = (name: string): Audit => ({
  name: `relationships(x -> ${name}.x)`,
  severity: 'warn',
  kind: 'relationships',
  column: 'x',
  to: { zone: 'curated', name, column: 'x' },
})

test('a layer holds the models whose inputs are in earlier ones, sorted', () => {
  const models = [
    modelOf('mart', ['curated.fact', 'curated.dim']),
    modelOf('fact', ['cleaned.b', 'curated.dim']),
    modelOf('other', ['cleaned.a']),
    modelOf('dim', ['cleaned.a']),
  ]
  expect(layers(models)).toEqual([['dim', 'other'], ['fact'], ['mart']])
  expect(layers([])).toEqual([])
})

test('a model comes after those that its audits look up, and may look up itself', () => {
  const fact = modelOf('a_fact', ['cleaned.a'], { audits: [looksUp('dim'), looksUp('a_fact')] })
  expect(layers([fact, modelOf('dim', ['cleaned.b'])])).toEqual([['dim'], ['a_fact']])
})

test('a circle is named without the models that only hang on it', () => {
  const models = [
    modelOf('above', ['curated.x']),
    modelOf('x', ['curated.y']),
    modelOf('y', ['curated.z']),
    modelOf('z', ['cleaned.a'], { audits: [looksUp('x')] }),
  ]
  expect(() => layers(models)).toThrow('models: a circle, got x -> y -> z -> x; break it')
  expect(() => layers([modelOf('self', ['curated.self'])])).toThrow('self -> self')
})

test('descendants of tables and models are all that read them, and not those that audits look up', () => {
  const models = [
    modelOf('mart', ['curated.fact']),
    modelOf('fact', ['cleaned.b'], { audits: [looksUp('dim')] }),
    modelOf('dim', ['cleaned.a']),
    modelOf('b', ['enriched.b']),
  ]
  expect(descendants(models, ['cleaned.b'])).toEqual(['fact', 'mart'])
  expect(descendants(models, ['fact'])).toEqual(['mart'])
  expect(descendants(models, ['fact', 'mart', 'cleaned.a'])).toEqual(['dim'])
  expect(descendants(models, ['cleaned.unknown'])).toEqual([])
})
