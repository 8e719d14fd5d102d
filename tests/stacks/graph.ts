/** One resource as the program registered it. */
export interface Resource {
  /** `aws:s3/bucket:Bucket` */
  type: string
  /** Logical name. */
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: what a resource takes differs by type; the tests look at single fields.
  inputs: Record<string, any>
  /** Inputs and what AWS would have computed. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  state: Record<string, any>
  /** Made by a provider, in contrast to a component. */
  custom: boolean
  /** Explicit provider; '' for the stage's own, which carries the default tags. */
  provider: string
  protect: boolean
  retainOnDelete: boolean
}

/** What a deploy of one stage would create. */
export interface Graph {
  stage: string
  /** What `app()` answered. */
  app: {
    name: string
    stage: string
    removal: string
    protect: boolean
    providers: { aws: { version: string; defaultTags: { tags: Record<string, string> } } }
  }
  resources: Resource[]
  /** What `run()` answered: the stage's outputs. */
  // biome-ignore lint/suspicious/noExplicitAny: plain values by name
  outputs: Record<string, any>
}

/** A function as an emulator needs it. */
export interface DeployedFunction {
  service: string
  name: string
  /** `services/clean/handler.handler` inside the zip. */
  handler: string
  runtime: string
  environment: Record<string, string>
  /** MB */
  memory: number
  /** seconds */
  timeout: number
  /** Path of the zip on this machine. */
  zip: string
  arn: string
  /** ARN of the published version that the state machines call. */
  versionArn: string
  role: string
}

export const ofType = (graph: Graph, type: string): Resource[] => graph.resources.filter((one) => one.type === type)

/** The one resource of a type, and of a logical name if given. */
export function one(graph: Graph, type: string, name?: string): Resource {
  const found = ofType(graph, type).filter((resource) => name === undefined || resource.name === name)
  if (found.length !== 1 || !found[0])
    throw new Error(
      `graph: one ${type} ${name ?? ''} wanted, got ${found.map((resource) => resource.name).join(', ') || 'none'}`,
    )
  return found[0]
}

export function functionsOf(graph: Graph): DeployedFunction[] {
  return ofType(graph, 'aws:lambda/function:Function').map(({ name, state }) => {
    const component = name.replace(/Function$/, '')
    const code = one(graph, 'aws:s3/bucketObjectv2:BucketObjectv2', `${component}Code`)
    return {
      service: component.replace(/^Service/, ''),
      name: state.name,
      handler: state.handler,
      runtime: state.runtime,
      environment: state.environment.variables,
      memory: state.memorySize,
      timeout: state.timeout,
      zip: code.inputs.source.path,
      arn: state.arn,
      versionArn: state.qualifiedArn,
      role: state.role,
    }
  })
}
