import type { Dataset } from '@droplake/contracts/dataset'
import type { Model } from '@droplake/models/model'
import type { Effects } from './effects.ts'

/**
 * What alerts, the log, reports, records and logs say of an error. The cells of a file stay in the data plane (raw files,
 * tables, quarantine), and engines quote the cells that they stumble over. So an error that was not written here is reduced
 * to the words of the list below and to names that contracts and models know: what is allowed is listed, for quotes nest
 * and break on apostrophes. Every text that leaves the data plane and is not built from keys, names and numbers alone
 * comes from here.
 */
export class PublicError extends Error {
  constructor({ name, message }: { name: string; message: string }, cause: unknown) {
    super(message, { cause })
    this.name = name
    Object.defineProperty(this, 'cause', { enumerable: false })
    this.stack = [`${name}: ${message}`, ...framesOf(cause)].join('\n')
  }
}

/**
 * The error as it may be shown: of the same name, or of its code where it is the system's, for the state machine tells
 * errors by their names. The whole error is its `cause`, for whoever debugs on the machine where it happened.
 */
export function publicError(thrown: unknown, names: ReadonlySet<string> = new Set()): PublicError {
  if (thrown instanceof PublicError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const { code } = error as NodeJS.ErrnoException
  const name = error.name === 'Error' && typeof code === 'string' ? code : error.name
  return new PublicError({ name, message: messageOf(error, names) }, thrown)
}

/** The error as it was thrown, with its stack: for the person at the machine where it happened, and nobody else. */
export function wholeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('whole' in error) return String(error.whole)
  return error instanceof PublicError ? wholeError(error.cause) : (error.stack ?? error.message)
}

/** The errors of the system and of AWS's own requests say paths, keys and ARNs, no cells. */
function messageOf(error: Error, names: ReadonlySet<string>): string {
  const text = withPublicCause(error)
  if (error.name === 'Unreadable' || (isOwn(text) && error.name !== 'SyntaxError')) return text
  if ('syscall' in error || '$metadata' in error) return `service: ${text}`
  return publicText(text, names)
}

/** What was written here may end in what a library said; our own readers say it of the file: "it …", "its …". */
function withPublicCause({ message, cause }: Error): string {
  const text = oneLine(message)
  const said = cause instanceof Error ? oneLine(cause.message) : ''
  return said.length > 1 && text !== said && !/^its? /.test(said) ? text.replace(said, () => publicText(said)) : text
}

/**
 * The cause of a task that failed, as the state machine keeps it: a Lambda's and Athena's are JSON. A Lambda's message is
 * public already, and says so by its beginning.
 */
export function publicCause(cause = '', names: ReadonlySet<string> = new Set()): string {
  try {
    const parsed = JSON.parse(cause)
    const { errorMessage, QueryExecution } = Object(parsed)
    if (typeof errorMessage === 'string') return publicText(errorMessage, names)
    const reason = QueryExecution?.Status?.StateChangeReason ?? QueryExecution?.Status?.AthenaError?.ErrorMessage
    return publicText(`query: ${reason ?? 'Athena gives no reason'}`, names)
  } catch {
    return publicText(cause, names)
  }
}

const withheld = ' (values withheld; on a local lake --debug shows them)'
const mostLength = 600

/** A text that an engine or a library wrote, without what may be a cell; one that was written here stays as it is. */
export function publicText(given: string, names: ReadonlySet<string> = new Set()): string {
  const text = oneLine(given)
  if (text === '' || isOwn(text)) return text
  const shown = spelledOut(text.endsWith(withheld) ? text.slice(0, -withheld.length) : text)
  const [from, to] = quoted(shown)
  let result = ''
  let end = 0
  let isGap = text.endsWith(withheld)
  for (const token of shown.matchAll(tokens)) {
    const word = token[0].toLowerCase()
    const isInQuotes = from <= token.index && token.index < to
    if (!names.has(word) && (isInQuotes || !isPlain(word))) continue
    const between = shown.slice(end, token.index)
    const isHidden = /[^\s"'`.,:;!?()[\]=<>-]|…/.test(between)
    isGap ||= isHidden
    result += (isHidden ? ' … ' : between) + token[0]
    end = token.index + token[0].length
  }
  const isTailHidden = /[^\s"'`.,:;!?()[\]=<>-]|…/.test(shown.slice(end))
  result += isTailHidden ? ' …' : shown.slice(end)
  const tidy = result.replace(/(?: … )+(?:…)?/g, ' … ').trim()
  return (tidy || '…').slice(0, mostLength) + (isGap || isTailHidden ? withheld : '')
}

/** What the texts written here begin with. Those of an engine begin with `query:`, and are none of ours. */
const areas =
  'accept|admit|catalog|clean|contracts|csv|dedupe|droplake|enrich|environment|finish|generate|index|ingest|lake|local|log|models|notifier|object store|parquet|pending|plan|publish|quality|quarantine|records|rollback|route|run|service|stage|sweep|wake|worker'
const isOwn = (text: string) => own.test(text)
const own = new RegExp(`^(?:${areas}): `)

/** Words, with the places and types that have digits in them as one. */
const tokens = /\bline \d{1,4}:\d{1,4}\b|\bHTTP \d{3}\b|\bdecimal\(\d{1,2}, ?\d{1,2}\)|[\p{L}\p{N}\p{M}_]+/giu

const isPlain = (word: string) => words.has(word) || /^(?:line \d+:\d+|http \d+|decimal\()/.test(word)

/** From the first quotation mark to the last one: there only names may stand. */
function quoted(text: string): [number, number] {
  const marks = [...text.matchAll(/["'`“”„«»‘’]/g)]
  return [marks[0]?.index ?? 0, marks.at(-1)?.index ?? 0]
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
/** Apostrophes that quote nothing. */
const spelledOut = (text: string) =>
  text.replace(/\bcan't\b/g, 'cannot').replace(/\b(do|does|did|is|was)n't\b/g, '$1 not')

/** The calls that led to the error, from the last lines of its stack: those before may be lines of its message. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error) || isFrame(error.message.split('\n').at(-1) ?? '')) return []
  const lines = (error.stack ?? '').split('\n')
  return lines.slice(lines.findLastIndex((line) => !isFrame(line)) + 1).slice(-10)
}

const isFrame = (line: string) =>
  /^ {4}at (?:[\w$.<>[\] ]+ \((?:<anonymous>|native)\)|(?:[\w$.<>[\] ]+ \()?(?:node:|file:|\/)[^\s"']*:\d+:\d+\)?)$/.test(
    line,
  )

/** The names that a dataset's contracts and models are made of: whoever misspelt one has to see which. */
export function knownNames(datasets: Iterable<Dataset>, models: readonly Model[] = []): Set<string> {
  const names = new Set<string>()
  for (const { name, tables } of datasets) {
    names.add(name)
    for (const table of Object.values(tables)) {
      names.add(table.name)
      for (const column of Object.keys(table.columns)) names.add(column)
      for (const { expect } of table.rules ?? []) for (const word of identifiersIn(expect)) names.add(word)
    }
  }
  for (const model of models) {
    names.add(model.name)
    for (const column of model.columns) names.add(column.name)
    for (const word of identifiersIn(model.select)) names.add(word)
  }
  // A name of a letter or two is as likely a word of a cell.
  return new Set([...names].filter((name) => name.length > 2).map((name) => name.toLowerCase()))
}

/** What stands between apostrophes is compared with cells, and so no name. */
const identifiersIn = (sql: string) =>
  (sql.replace(/'(?:[^']|'')*'/g, ' ').match(/[a-z_]\w*/gi) ?? []).filter((word) => !words.has(word.toLowerCase()))

/** … of one dataset, with its models as far as they can be loaded. */
export async function namesOf(fx: Pick<Effects, 'datasets' | 'models'>, dataset: string): Promise<Set<string>> {
  const models = await fx.models(dataset).catch(() => [])
  return knownNames(Object.values(fx.datasets), models)
}

/** Words of the messages of DuckDB, Trino, Athena, Glue, Lambda, V8, zlib and the readers of Parquet; no names of people or places. */
const words = new Set(
  `a about abort aborted accept access account across actual after again against aggregate alias all allocate allocated allowed already also ambiguous an and another any
  are archive argument arguments array arrays as ascending at athena attempt attempted available bad base be because been before begin between bigint bind binder binding block blocks
  blob body boolean both bounds buffer bug but by byte bytes call called can canceled cancelled candidate candidates cannot cast casting catalog cause caused central change changed char
  character characters check checksum child class clause close closed code codec coerced column columns command comma comment common compare compatible compressed
  compression concurrent condition conflict connect connection constant constraint contain contained contains content context conversion convert converted converting
  correlated could count crawler create created credentials ctas current data database databases date day dead deadline decimal declared decode decoding default defined delete
  denied depth describe destination detected did differ different digit digits directory disk distance distances distinct division does double down dropped due duplicate
  duration during each either element elements else embedded empty enable encode encoded encoding encountered end ended endpoint ends engine entity entry enough
  equal error errors escape establish evaluate exceed exceeded exceeds except exception exclusive execute executed executing execution executor exhausted exist existing exists exit exited expected
  expecting explicit expression expressions external extra extract fail failed far failure false fatal few fields field file files finished first fit float
  flush follow following for foreign format found from full function functions general generated glue gone got greater group grouped grouping groups handle has have
  having header heap hint hive hour if illegal implemented implicit in include incompatible incomplete incorrect index indices infinity information initialize
  input inputs insert inside insufficient int integer internal interrupt interrupted interval into invalid invocation id io is it item iterable its javascript join js
  json jsonpath key keys kind killed lambda large larger last lateral layout least left length lengths less level lexer like limit limits line list literal
  local location lock log lookup magic malformed map mapping match matches matching maximum mean member memory message metadata method
  minimum minute mismatch mismatched missing mode modified month more most multiple must name named names nan negative nested network never new next no node
  nodes non not null nullable number numeric object objects of off offset on once one only open operand operation operator option options or
  order ordinal other out output over overflow overflowed page pages parameter parameters parent parentheses parquet parse parsed parser parsing part partial partition partitioned
  partitions path pattern permission permissions permit physical plan point position positive precision prepared primary private process processing property protocol
  provide provided query queries queue quota quote quoted ran range rate rather reach reached reaching read reader reading reason record references referenced
  referencing refused reference regexp region register rejected remaining remote repeated replace request requested requests require required requires reserved reset
  resolve resolved resource resources response result results retry returned returns right role row rows rule run running runtime same scalar scale scan schema second
  seconds select semantic sequence serialize server service session set sets should side signal signature signed size smallint snappy some sort source space
  specification specified sql stack stage standard start started state statement states status stopped storage store stored string struct structure such subquery supported supports
  suspended syntax system table tables target task temporary terminated text than that the their them then there these they this thread throttled throttling time timed timeout
  timestamp tinyint to token tokens too transaction trigger trino true truncated try type types uint unable unclosed undefined unexpected unhandled union unique unit
  unknown unless unnest unrecognized unresolved unsafe unsigned unsupported until unterminated update use used user using utf valid value values varbinary varchar
  variable version view views violate violates violation waiting was were when where which while whole wide width window with within without worker
  would write writing wrong year you zero zip zone
  int8 int16 int32 int64 int128 uint8 uint16 uint32 uint64 hugeint utf8 byte_array fixed_len_byte_array snappy gzip zstd iso8601
  typeerror syntaxerror rangeerror referenceerror aggregateerror queryfailed unreadable stepmissing summismatch requestid
  date_parse date_format date_trunc from_unixtime regexp_extract regexp_replace json_extract json_extract_scalar strptime strftime substr substring
  invalid_cast_argument invalid_function_argument division_by_zero numeric_value_out_of_range column_not_found table_not_found schema_not_found function_not_found
  type_mismatch syntax_error missing_column_name ambiguous_name expression_not_aggregate generic_user_error generic_internal_error not_supported
  hive_bad_data hive_cursor_error hive_cannot_open_split hive_metastore_error hive_partition_schema_mismatch hive_path_already_exists hive_too_many_open_partitions
  hive_invalid_metadata hive_file_not_found hive_unknown_error hive_filesystem_error hive_exceeded_partition_limit exceeded_memory_limit exceeded_time_limit
  exceeded_local_memory_limit query_exhausted_resources_at_this_scale_factor table_already_exists invalid_view permission_denied duplicate_column_name
  accessdenied accessdeniedexception throttlingexception toomanyrequestsexception internalserverexception invalidrequestexception entitynotfoundexception
  subquery_multiple_rows icu parquet_error failed_to_open cancelled succeeded ready`.split(/\s+/),
)
