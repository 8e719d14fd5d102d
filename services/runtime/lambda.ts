import { Logger } from '@aws-lambda-powertools/logger'
import { Tracer } from '@aws-lambda-powertools/tracer'
import type { DataEffects } from '@droplake/pipeline/effects'
import { knownNames, publicError } from '@droplake/pipeline/public-text'

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

/**
 * A Lambda handler around a service: its effects are built once an instance, its logs and traces carry the run. What
 * CloudWatch, X-Ray and the state machine are given of an error holds no cells.
 */
export function lambda<F extends object, I, O>(fx: F, service: (fx: F, input: I) => Promise<O>) {
  return async (input: I, context: Parameters<Logger['addContext']>[0]): Promise<O> => {
    logger.addContext(context)
    logger.resetKeys()
    logger.appendKeys(correlation(input))
    const segment = openSegment(input)
    try {
      return await service(fx, input)
    } catch (thrown) {
      const error = withoutCause(publicError(thrown, knownNames(datasetsOf(fx))))
      logger.error('the step failed', error)
      tracer.addErrorAsMetadata(error)
      throw error
    } finally {
      segment?.close()
    }
  }
}

const datasetsOf = (fx: Partial<Pick<DataEffects, 'datasets'>>) => Object.values(fx.datasets ?? {})

/** Loggers print the causes of errors too. */
function withoutCause({ name, message, stack }: Error): Error {
  const error = Object.assign(new Error(message), { name })
  if (stack) error.stack = stack
  return error
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
