import { Logger } from '@aws-lambda-powertools/logger'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { nameByCode } from '@droplake/pipeline/error-name'

const logger = new Logger()
const tracer = new Tracer()

/** What every step is told, as far as it is: it ties the logs and traces of one run together. */
interface Correlation {
  dataset?: string
  run?: string
  table?: string
  item?: number
  unit?: number
  model?: string
}

/** A Lambda handler around a service: its effects are built once an instance, its logs and traces carry the run. */
export function lambda<F, I, O>(fx: F, service: (fx: F, input: I) => Promise<O>) {
  return async (input: I, context: Parameters<Logger['addContext']>[0]): Promise<O> => {
    logger.addContext(context)
    logger.resetKeys()
    logger.appendKeys(correlation(input))
    const segment = openSegment(input)
    try {
      return await service(fx, input)
    } catch (error) {
      logger.error('the step failed', error instanceof Error ? error : new Error(String(error)))
      tracer.addErrorAsMetadata(error as Error)
      throw nameByCode(error)
    } finally {
      segment?.close()
    }
  }
}

function correlation(input: unknown): Record<string, string | number> {
  const { dataset, run, table, item, unit, model } = (input ?? {}) as Correlation
  const all = Object.entries({ dataset, run, table, item, unit, model })
  return Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

function openSegment(input: unknown): { close(): void } | undefined {
  const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined
  if (!parent) return undefined
  const own = parent.addNewSubsegment('service')
  tracer.setSegment(own)
  tracer.annotateColdStart()
  tracer.addServiceNameAnnotation()
  for (const [key, value] of Object.entries(correlation(input))) tracer.putAnnotation(key, value)
  return {
    close() {
      own.close()
      tracer.setSegment(parent)
    },
  }
}
