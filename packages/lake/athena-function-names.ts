/** Athena's functions that run on the laptop. Each has its cases in the conformance suite, which runs on Trino too. */
export const functionsOfAthena: ReadonlySet<string> = new Set(
  `
  abs acos asin atan atan2 cbrt ceil ceiling cos cosh degrees e exp floor from_base infinity is_finite is_infinite is_nan
  ln log log10 log2 mod nan pi pow power radians rand random round sign sin sinh sqrt tan tanh to_base truncate
  width_bucket bitwise_and bitwise_or bitwise_xor

  cast coalesce greatest if least nullif try try_cast

  chr codepoint concat concat_ws format from_base64 from_hex from_utf8 hamming_distance length levenshtein_distance lower
  lpad ltrim md5 position regexp_count regexp_extract regexp_extract_all regexp_like regexp_replace regexp_split replace
  reverse rpad rtrim sha1 sha256 split split_part starts_with strpos substr substring to_base64 to_hex to_utf8 translate
  trim upper url_decode url_encode url_extract_host url_extract_parameter url_extract_path url_extract_protocol
  url_extract_query

  json_array_length json_extract json_extract_scalar json_format json_parse

  date date_add date_diff date_format date_parse date_trunc day day_of_month day_of_week day_of_year dow doy extract
  format_datetime from_iso8601_date from_iso8601_timestamp from_unixtime hour last_day_of_month millisecond minute month
  now parse_datetime quarter second to_iso8601 to_unixtime week week_of_year year year_of_week yow

  any_value approx_distinct approx_percentile arbitrary array_agg avg bool_and bool_or corr count count_if covar_pop
  covar_samp every geometric_mean grouping histogram listagg map_agg max max_by min min_by regr_intercept regr_slope
  stddev stddev_pop stddev_samp sum var_pop var_samp variance

  cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number

  all_match any_match array_distinct array_except array_intersect array_join array_max array_min array_position
  array_remove array_sort array_union arrays_overlap cardinality contains element_at filter flatten map map_concat
  map_entries map_filter map_from_entries map_keys map_values none_match reduce repeat sequence slice transform
  transform_values unnest zip
  `
    .trim()
    .split(/\s+/),
)

/** Functions of other engines: what Athena has in their place, or a remark in parentheses. */
export const otherFunctions: Readonly<Record<string, string>> = {
  age: "date_diff('day', a, b)",
  any_value_null: 'any_value(x)',
  approx_count_distinct: 'approx_distinct(x)',
  approx_quantile: 'approx_percentile(x, 0.5)',
  arg_max: 'max_by(x, y)',
  arg_min: 'min_by(x, y)',
  argmax: 'max_by(x, y)',
  argmin: 'min_by(x, y)',
  array_contains: 'contains(array, x)',
  array_concat: 'concat(a, b)',
  array_has: 'contains(array, x)',
  array_has_any: 'arrays_overlap(a, b)',
  array_length: 'cardinality(array)',
  array_size: 'cardinality(array)',
  array_slice: 'slice(array, start, length)',
  array_to_string: 'array_join(array, separator)',
  array_transform: 'transform(array, x -> …)',
  array_unique: 'cardinality(array_distinct(array))',
  ascii: 'codepoint(x)',
  array_filter: 'filter(array, x -> …)',
  char_length: 'length(x)',
  character_length: 'length(x)',
  charindex: 'strpos(x, part)',
  convert: 'cast(x as type)',
  countif: 'count_if(condition)',
  curdate: 'current_date',
  current_localtimestamp: 'localtimestamp',
  date_part: 'extract(year from x), year(x)',
  date_sub: "date_add('day', -1, x) or date_diff('day', a, b)",
  dateadd: "date_add('day', 1, x)",
  datediff: "date_diff('day', a, b)",
  datepart: 'extract(year from x), year(x)',
  datesub: "date_diff('day', a, b)",
  datetrunc: "date_trunc('month', x)",
  dayname: "date_format(x, '%W')",
  dayofmonth: 'day_of_month(x)',
  dayofweek: 'day_of_week(x)',
  dayofyear: 'day_of_year(x)',
  decode: 'case x when … then … end, from_utf8(x)',
  editdist3: 'levenshtein_distance(a, b)',
  encode: 'to_utf8(x)',
  epoch: 'to_unixtime(x)',
  epoch_ms: 'to_unixtime(x) * 1000',
  explode: 'cross join unnest(array)',
  first: 'min_by(x, y) or first_value(x) over (…)',
  generate_series: 'sequence(a, b)',
  getdate: 'current_timestamp',
  group_concat: "array_join(array_agg(x), ',')",
  hash: 'from_big_endian_64(xxhash64(to_utf8(x)))',
  hex: 'to_hex(to_utf8(x))',
  iff: 'if(condition, a, b)',
  ifnull: 'coalesce(x, y)',
  instr: 'strpos(x, part)',
  isfinite: 'is_finite(x)',
  isinf: 'is_infinite(x)',
  isnan: 'is_nan(x)',
  isnull: 'x is null',
  isodow: 'day_of_week(x)',
  isoyear: 'year_of_week(x)',
  jaccard: 'levenshtein_distance(a, b)',
  json: 'json_parse(x)',
  json_extract_path_text: "json_extract_scalar(x, '$.path')",
  json_extract_string: "json_extract_scalar(x, '$.path')",
  json_keys: 'map_keys(cast(json_parse(x) as map(varchar, json)))',
  json_value: "json_extract_scalar(x, '$.path')",
  kurtosis_pop: 'kurtosis(x)',
  last: 'max_by(x, y) or last_value(x) over (…)',
  last_day: 'last_day_of_month(x)',
  lcase: 'lower(x)',
  left: 'substr(x, 1, n)',
  len: 'length(x)',
  levenshtein: 'levenshtein_distance(a, b)',
  list: 'array_agg(x)',
  list_aggregate: 'reduce(array, 0, (sum, x) -> …, sum -> sum)',
  list_append: 'concat(array, array[x])',
  list_concat: 'concat(a, b)',
  list_contains: 'contains(array, x)',
  list_distinct: 'array_distinct(array)',
  list_extract: 'element_at(array, n)',
  list_filter: 'filter(array, x -> …)',
  list_has: 'contains(array, x)',
  list_max: 'array_max(array)',
  list_min: 'array_min(array)',
  list_position: 'array_position(array, x)',
  list_reduce: 'reduce(array, 0, (sum, x) -> …, sum -> sum)',
  list_reverse: 'reverse(array)',
  list_slice: 'slice(array, start, length)',
  list_sort: 'array_sort(array)',
  list_sum: 'reduce(array, 0, (sum, x) -> sum + x, sum -> sum)',
  list_transform: 'transform(array, x -> …)',
  list_unique: 'cardinality(array_distinct(array))',
  list_value: 'array[1, 2]',
  list_zip: 'zip(a, b)',
  make_date: "date_parse(text, '%Y-%m-%d')",
  make_timestamp: "date_parse(text, '%Y-%m-%d %H:%i:%s')",
  map_extract: 'element_at(map, key)',
  mean: 'avg(x)',
  median: 'approx_percentile(x, 0.5)',
  mode: 'map_keys(histogram(x)), or count and order by',
  monthname: "date_format(x, '%M')",
  nvl: 'coalesce(x, y)',
  octet_length: 'length(to_utf8(x))',
  ord: 'codepoint(x)',
  percentile: 'approx_percentile(x, 0.5)',
  percentile_cont: 'approx_percentile(x, 0.5)',
  percentile_disc: 'approx_percentile(x, 0.5)',
  prefix: 'starts_with(x, part)',
  printf: "format('%s', x)",
  quantile: 'approx_percentile(x, 0.5)',
  quantile_cont: 'approx_percentile(x, 0.5)',
  quantile_disc: 'approx_percentile(x, 0.5)',
  range: 'sequence(a, b - 1)',
  regexp_matches: 'regexp_like(x, pattern)',
  regexp_split_to_array: 'regexp_split(x, pattern)',
  regexp_substr: 'regexp_extract(x, pattern)',
  right: 'substr(x, -n)',
  safe_cast: 'try_cast(x as type)',
  split_to_array: 'split(x, separator)',
  str_split: 'split(x, separator)',
  str_split_regex: 'regexp_split(x, pattern)',
  str_to_date: "date_parse(x, '%Y-%m-%d')",
  strftime: "date_format(x, '%Y-%m-%d')",
  string_agg: "array_join(array_agg(x order by y), ',')",
  string_split: 'split(x, separator)',
  string_split_regex: 'regexp_split(x, pattern)',
  string_to_array: 'split(x, separator)',
  strlen: 'length(to_utf8(x))',
  strptime: "date_parse(x, '%Y-%m-%d')",
  struct_extract: 'row.field',
  struct_pack: 'cast(row(a, b) as row(name type, …))',
  suffix: "x like '%part'",
  ends_with: "x like '%part'",
  to_char: "date_format(x, '%Y-%m-%d')",
  to_date: "date(x), date_parse(x, '%Y-%m-%d')",
  to_days: "interval '1' day",
  to_json: 'json_format(cast(x as json))',
  to_timestamp: 'from_unixtime(x)',
  to_varchar: 'cast(x as varchar)',
  today: 'current_date',
  trunc: "truncate(x), date_trunc('month', x)",
  ucase: 'upper(x)',
  unhex: 'from_hex(x)',
  unicode: 'codepoint(x)',
  unix_timestamp: 'to_unixtime(x)',
  weekofyear: 'week(x)',
  xor: 'bitwise_xor(a, b)',
  yearweek: 'year_of_week(x) * 100 + week(x)',
  zeroifnull: 'coalesce(x, 0)',
  ...Object.fromEntries(
    [
      'read_csv',
      'read_csv_auto',
      'read_json',
      'read_json_auto',
      'read_parquet',
      'parquet_scan',
      'read_text',
      'read_blob',
    ]
      .concat(['glob', 'sniff_csv', 'query', 'query_table'])
      .map((name) => [name, '(a query reads tables of the lake only)']),
  ),
}
