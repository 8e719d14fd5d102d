import { type Call, caught, distributed, noteFailure, tablePayload } from './states.ts'

/**
 * One table: cut large files, clean every item, accept whole sources, deduplicate every unit. What fails is noted and leaves
 * this table as it was; the others go on.
 */
export function tableProcessor(call: Call): Record<string, unknown> {
  const keep = { ...tablePayload, 'lastItem.$': '$.lastItem' }
  return {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'Large Files?',
    States: {
      'Large Files?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.lastLarge', NumericGreaterThanEquals: 0, Next: 'Large Files' }],
        Default: 'Items',
      },
      'Large Files': {
        Type: 'Pass',
        Parameters: { ...keep, 'large.$': 'States.ArrayRange(0, $.lastLarge, 1)' },
        Next: 'Index',
      },
      Index: distributed(call, '$.large', 'large', tablePayload, {
        step: 'Index',
        Next: 'Items',
        work: call('index', { ...tablePayload, 'large.$': '$.large' }, {}),
        names: ['Index File', 'Index File Done', 'Index File Failed'],
      }),
      Items: {
        Type: 'Pass',
        Parameters: { ...tablePayload, 'items.$': 'States.ArrayRange(0, $.lastItem, 1)' },
        Next: 'Clean',
      },
      Clean: distributed(call, '$.items', 'item', tablePayload, {
        step: 'Clean',
        Next: 'Accept',
        work: call('clean', { ...tablePayload, 'item.$': '$.item' }, {}),
        names: ['Clean Item', 'Clean Item Done', 'Clean Item Failed'],
      }),
      Accept: call('accept', tablePayload, {
        ResultSelector: { 'lastUnit.$': '$.Payload.lastUnit' },
        ResultPath: '$.accepted',
        Catch: caught('Table Failed'),
        Next: 'Anything New?',
      }),
      'Anything New?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.accepted.lastUnit', NumericGreaterThanEquals: 0, Next: 'Units' }],
        Default: 'Table Done',
      },
      Units: {
        Type: 'Pass',
        Parameters: { ...tablePayload, 'units.$': 'States.ArrayRange(0, $.accepted.lastUnit, 1)' },
        Next: 'Dedupe',
      },
      Dedupe: distributed(call, '$.units', 'unit', tablePayload, {
        step: 'Dedupe',
        Next: 'Table Done',
        work: call('dedupe', { ...tablePayload, 'unit.$': '$.unit' }, {}),
        names: ['Dedupe Unit', 'Dedupe Unit Done', 'Dedupe Unit Failed'],
      }),
      'Table Done': { Type: 'Pass', Parameters: { 'table.$': '$.table' }, End: true },
      'Table Failed': noteFailure(call, 'Accept', tablePayload, 'Table Done'),
    },
  }
}
