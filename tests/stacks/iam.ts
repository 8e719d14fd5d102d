import { type Graph, ofType, type Resource } from './graph.ts'

export interface Statement {
  effect: 'Allow' | 'Deny'
  actions: string[]
  resources: string[]
  principal: unknown
  condition: Record<string, Record<string, string | string[]>>
}

const listed = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

/** The statements of a policy document, in JSON or read already. */
export function statementsOf(policy: unknown): Statement[] {
  const document = (typeof policy === 'string' ? JSON.parse(policy) : policy) as {
    Statement: Record<string, unknown>[]
  }
  return listed(document.Statement).map(({ Effect, Action, Resource, Principal, Condition, ...rest }) => {
    const unknown = Object.keys(rest).filter((name) => name !== 'Sid')
    if (unknown.length > 0) throw new Error(`iam: a statement has ${unknown.join(', ')}, which nobody looks at`)
    return {
      effect: Effect as 'Allow' | 'Deny',
      actions: listed(Action as string | string[]),
      resources: listed(Resource as string | string[] | undefined),
      principal: Principal,
      condition: (Condition ?? {}) as Statement['condition'],
    }
  })
}

export interface NamedPolicy {
  /** Role, queue, topic, bucket or key that it belongs to. */
  of: string
  kind: 'identity' | 'trust' | 'resource'
  statements: Statement[]
}

const resourcePolicies = {
  'aws:kms/key:Key': 'policy',
  'aws:s3/bucketPolicy:BucketPolicy': 'policy',
  'aws:sns/topicPolicy:TopicPolicy': 'policy',
  'aws:sqs/queuePolicy:QueuePolicy': 'policy',
}
const looksLikePolicy = /policy/i

/** Every policy of a stage. A resource of a kind that carries one and is not known here throws. */
export function policiesOf(graph: Graph): NamedPolicy[] {
  return graph.resources.flatMap(({ type, name, inputs }): NamedPolicy[] => {
    if (type === 'aws:iam/role:Role') {
      const inline: { policy: string }[] = inputs.inlinePolicies ?? []
      return [
        { of: name, kind: 'trust', statements: statementsOf(inputs.assumeRolePolicy) },
        ...inline.map(({ policy }) => ({ of: name, kind: 'identity' as const, statements: statementsOf(policy) })),
      ]
    }
    const field = (resourcePolicies as Record<string, string>)[type]
    if (field) return [{ of: name, kind: 'resource', statements: statementsOf(inputs[field]) }]
    if (looksLikePolicy.test(type.split(':').at(-1) ?? ''))
      throw new Error(`iam: nobody looks at the policy of ${type} ${name}`)
    return []
  })
}

/** What a role may do. */
export function grantsOf(role: Resource): Statement[] {
  const inline: { policy: string }[] = role.inputs.inlinePolicies ?? []
  return inline.flatMap(({ policy }) => statementsOf(policy))
}

export function roleByArn(graph: Graph, arn: string): Resource {
  const role = ofType(graph, 'aws:iam/role:Role').find((one) => one.state.arn === arn)
  if (!role) throw new Error(`iam: no role ${arn}`)
  return role
}

/** IAM's matching of one pattern: `*` any characters, `?` one. */
export function matches(pattern: string, value: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(value)
}

/** Whether one of the statements allows an action on a resource. Conditions and denials are not looked at: no role has any. */
export const allows = (statements: readonly Statement[], action: string, resource: string) =>
  statements.some(
    ({ effect, actions, resources }) =>
      effect === 'Allow' &&
      actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      resources.some((pattern) => matches(pattern, resource)),
  )
