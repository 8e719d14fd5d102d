/**
 * Athena's functions as DuckDB macros, under Athena's names. They live in a database of their own that stands in the
 * search path before DuckDB's functions, so a macro here replaces a function of the same name. Overloads are chosen by
 * type. `_`-names are what `athena-to-duckdb.ts` writes for operators, casts and aggregates.
 */
export const athenaFunctions: readonly string[] = [
  // Operators. Integers divide to integers; a quotient of decimals keeps the greater scale, rounded half up.
  `_divide(a int, b int) as ${unlessZero('b', 'a // b')},
    (a bigint, b bigint) as ${unlessZero('b', 'a // b')},
    (a hugeint, b hugeint) as ${unlessZero('b', 'a // b')},
    (a decimal, b decimal) as ${unlessZero('b', decimalOf('cast(a as double) / cast(b as double)', 'a + b + cast(0 as decimal(38,0))'))},
    (a double, b double) as a / b,
    (a interval, b double) as a / b`,
  `_plus(d date, i interval) as cast(d + i as date), (d timestamp, i interval) as d + i,
    (d timestamptz, i interval) as d + i, (d interval, i interval) as d + i, (d time, i interval) as d + i`,
  `_average(a double, like_decimal decimal) as ${decimalOf('a', 'like_decimal')},
    (a double, like_double double) as a, (a interval, like_interval interval) as a, (a timestamp, like_time timestamp) as a`,
  `_sample(x decimal) as cast(x as double), (x bigint) as x, (x double) as x`,
  // Casts. `cast('1.5' as integer)` fails in Athena, and 2.5e0 becomes 3.
  `_whole(x varchar) as case when x is null or regexp_full_match(x, '[+-]?[0-9]+') then x else 'not a whole number: ' || x end,
    (x double) as ${nudged('x', 'round($)')}, (x bigint) as x, (x hugeint) as x, (x decimal) as x, (x boolean) as x`,
  `_text(x timestamp) as strftime(x, '%Y-%m-%d %H:%M:%S.%g'), (x varchar) as x, (x bigint) as cast(x as varchar),
    (x hugeint) as cast(x as varchar), (x decimal) as cast(x as varchar), (x double) as cast(x as varchar),
    (x boolean) as cast(x as varchar), (x date) as cast(x as varchar), (x json) as cast(x as varchar),
    (x timestamptz) as strftime(timezone('UTC', x), '%Y-%m-%d %H:%M:%S.%g') || ' UTC', (x time) as cast(x as varchar)`,

  // Time. Differences count whole units that have passed; a date stays a date.
  `date_diff(unit, a, b) as system.main.date_sub(unit, a, b)`,
  `date_trunc(unit, d date) as cast(system.main.date_trunc(unit, d) as date),
    (unit, d timestamp) as system.main.date_trunc(unit, d), (unit, d timestamptz) as system.main.date_trunc(unit, d)`,
  `date_add(unit, n, d date) as cast(d + _span(unit, n) as date), (unit, n, d timestamp) as d + _span(unit, n),
    (unit, n, d timestamptz) as d + _span(unit, n)`,
  `day_of_week(x) as isodow(x)`,
  `dow(x) as isodow(x)`,
  `day_of_month(x) as day(x)`,
  `day_of_year(x) as dayofyear(x)`,
  `doy(x) as dayofyear(x)`,
  `week_of_year(x) as week(x)`,
  `year_of_week(x) as isoyear(x)`,
  `yow(x) as isoyear(x)`,
  `millisecond(x) as system.main.millisecond(x) % 1000`,
  `last_day_of_month(x) as last_day(x)`,
  `date(x varchar) as cast(x as date), (x timestamp) as cast(x as date), (x date) as x, (x timestamptz) as cast(x as date)`,
  `from_unixtime(x) as to_timestamp(cast(x as double))`,
  `to_unixtime(x) as epoch(x)`,
  `from_iso8601_timestamp(x) as cast(x as timestamptz)`,
  `from_iso8601_date(x) as cast(x as date)`,
  `to_iso8601(x date) as cast(x as varchar), (x timestamp) as strftime(x, '%Y-%m-%dT%H:%M:%S.%g'),
    (x timestamptz) as strftime(timezone('UTC', x), '%Y-%m-%dT%H:%M:%S.%gZ')`,

  // Numbers.
  `round(x decimal) as system.main.round(x), (x bigint) as x, (x hugeint) as x, (x double) as system.main.round(x),
    (x decimal, n) as cast_to_type(system.main.round(x, n), x + x), (x bigint, n) as system.main.round(x, n),
    (x hugeint, n) as system.main.round(x, n), (x double, n) as system.main.round(x, n)`,
  `sign(x bigint) as cast(system.main.sign(x) as bigint), (x decimal) as cast(system.main.sign(x) as decimal(1,0)),
    (x double) as cast(system.main.sign(x) as double)`,
  `truncate(x) as trunc(x), (x decimal, n) as cast_to_type(trunc(x, n), x), (x double, n) as trunc(x, n)`,
  `is_nan(x) as isnan(x)`,
  `is_finite(x) as isfinite(x)`,
  `is_infinite(x) as isinf(x)`,
  `nan() as cast('nan' as double)`,
  `infinity() as cast('inf' as double)`,
  `e() as exp(1)`,
  `ln(x) as case when x = 0 then cast('-inf' as double) when x < 0 then cast('nan' as double) else system.main.ln(x) end`,
  `sqrt(x) as case when x < 0 then cast('nan' as double) else system.main.sqrt(x) end`,
  `width_bucket(x, low, high, n) as cast(case when x < low then 0 when x >= high then n + 1
    else floor((x - low) * n / cast(high - low as double)) + 1 end as bigint)`,
  `bitwise_and(a, b) as a & b`,
  `bitwise_or(a, b) as a | b`,
  `bitwise_xor(a, b) as xor(a, b)`,
  `from_base(x, radix) as case radix when 16 then cast('0x' || x as bigint) when 10 then cast(x as bigint)
    when 2 then cast('0b' || x as bigint) else error('from_base of this radix is not supported here') end`,

  // Text and bytes.
  `to_utf8(x) as encode(x)`,
  `from_utf8(x) as decode(x)`,
  `to_hex(x) as upper(hex(x))`,
  `from_hex(x) as unhex(x)`,
  `md5(x) as unhex(system.main.md5(x))`,
  `sha1(x) as unhex(system.main.sha1(x))`,
  `sha256(x) as unhex(system.main.sha256(x))`,
  `codepoint(x) as unicode(x)`,
  `levenshtein_distance(a, b) as levenshtein(a, b)`,
  `hamming_distance(a, b) as hamming(a, b)`,
  `split_part(x, separator, n) as str_split(x, separator)[n]`,
  `strpos(x, part) as instr(x, part)`,
  `regexp_like(x, pattern) as regexp_matches(x, pattern)`,
  `regexp_extract(x, pattern) as case when regexp_matches(x, pattern) then system.main.regexp_extract(x, pattern) end,
    (x, pattern, n) as case when regexp_matches(x, pattern) then system.main.regexp_extract(x, pattern, n) end`,
  `regexp_replace(x, pattern) as system.main.regexp_replace(x, pattern, '', 'g'),
    (x, pattern, y) as system.main.regexp_replace(x, pattern, system.main.regexp_replace(y, '\\$(\\d)', '\\\\\\1', 'g'), 'g')`,
  `regexp_split(x, pattern) as str_split_regex(x, pattern)`,
  `json_extract_scalar(x, path) as json_extract_string(x, path)`,
  `json_parse(x) as cast(x as json)`,
  `json_format(x) as cast(x as varchar)`,
  `url_encode(x) as system.main.url_encode(x)`,

  // Arrays and maps.
  `element_at(x, key) as x[key]`,
  `cardinality(x) as cast(len(x) as bigint)`,
  `sequence(a bigint, b bigint) as generate_series(a, b), (a bigint, b bigint, step bigint) as generate_series(a, b, step),
    (a date, b date) as cast(generate_series(a, b, interval 1 day) as date[]),
    (a date, b date, step interval) as cast(generate_series(a, b, step) as date[]),
    (a timestamp, b timestamp, step interval) as generate_series(a, b, step)`,
  `array_join(x, separator) as array_to_string(x, separator)`,
  `array_sort(x) as list_sort(x, 'ASC', 'NULLS LAST')`,
  `array_max(x) as list_max(x)`,
  `array_min(x) as list_min(x)`,
  `array_union(a, b) as list_distinct(list_concat(a, b))`,
  `array_remove(x, y) as list_filter(x, lambda z: z <> y)`,
  `array_position(x, y) as cast(coalesce(list_position(x, y), 0) as bigint)`,
  `arrays_overlap(a, b) as list_has_any(a, b)`,
  `slice(x, start, length) as x[start:start + length - 1]`,
  `zip(a, b) as list_zip(a, b)`,
]

function unlessZero(divisor: string, quotient: string): string {
  return `case when ${divisor} = 0 then error('Division by zero') else ${quotient} end`
}

/** A double as the decimal type of another expression, ties away from zero. */
function decimalOf(value: string, type: string): string {
  return `cast_to_type(${nudged(value, '$')}, ${type})`
}

/** Carries decimal ties that binary fractions put just below the middle over it. */
function nudged(value: string, use: string): string {
  return use.replace('$', `(${value}) * (1 + 4.5e-16)`)
}

/** `n` units as an interval; months and years keep the day where it exists. */
export const spanFunction = `_span(unit, n) as case lower(unit)
  when 'millisecond' then to_milliseconds(n) when 'second' then to_seconds(n) when 'minute' then to_minutes(n)
  when 'hour' then to_hours(n) when 'day' then to_days(cast(n as int)) when 'week' then to_weeks(cast(n as int))
  when 'month' then to_months(cast(n as int)) when 'quarter' then to_months(cast(n as int) * 3)
  when 'year' then to_years(cast(n as int)) else error('not a unit of time: ' || unit) end`
