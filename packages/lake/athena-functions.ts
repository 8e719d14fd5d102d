/**
 * Athena's functions as DuckDB macros, under Athena's names. They live in a database of their own that stands in the
 * search path before DuckDB's functions, so a macro here replaces a function of the same name. `_`-names are what
 * `athena-to-duckdb.ts` writes for operators, casts and aggregates.
 *
 * Macros are not overloaded by type: DuckDB cannot choose where an argument holds an aggregate. `typeof` and
 * `cast_to_type` are decided when a statement is bound, so branches for other types cost nothing.
 */
export const athenaFunctions: readonly string[] = [
  // A double as the type of a sample; for decimals ties go up that binary fractions put just below the middle.
  `_like(x, sample) as case when starts_with(system.main.typeof(sample), 'DECIMAL')
    then cast_to_type(x * (1 + 4.5e-16), sample) else cast_to_type(x, sample) end`,
  // Integers divide to integers, decimals to the greater scale. Infinity as an integer or decimal is an error, as it
  // should be; the engine words it.
  `_divide(a, b) as case when b = 0
    then cast_to_type(case when a = 0 then 'NaN' when a < 0 then '-Infinity' else 'Infinity' end, a + b)
    else _like(a // b, a + b) end`,
  `_plus(t, i) as cast_to_type(t + i, t)`,
  // `cast('1.5' as integer)` fails in Athena, and 2.5e0 becomes 3.
  `_whole(x) as case system.main.typeof(x)
    when 'VARCHAR' then cast_to_type(case when x is null or regexp_full_match(cast(x as varchar), '[+-]?[0-9]+')
      then cast(x as varchar) else 'not a whole number: ' || cast(x as varchar) end, x)
    when 'DOUBLE' then cast_to_type(system.main.round(cast(x as double)), x) else x end`,
  // A double is written as 1.5E0, a timestamp with milliseconds.
  `_scientific(whole, fraction, exponent) as case when trim(whole || fraction, '0') = '' then '0E0' else
    substr(ltrim(whole || fraction, '0'), 1, 1) || '.' ||
    coalesce(nullif(rtrim(substr(ltrim(whole || fraction, '0'), 2), '0'), ''), '0') || 'E' ||
    (length(ltrim(whole || fraction, '0')) - length(fraction) - 1 + exponent) end`,
  `_text_of_double(x) as case ltrim(x, '-') when 'nan' then 'NaN' when 'inf' then replace(x, 'inf', 'Infinity')
    else case when starts_with(x, '-') then '-' else '' end || _scientific(
      str_split_regex(ltrim(x, '-'), '[.e]')[1],
      case when contains(x, '.') then str_split_regex(x, '[.e]')[2] else '' end,
      coalesce(try_cast(str_split(x, 'e')[2] as integer), 0)) end`,
  `_text(x) as case system.main.typeof(x) when 'DOUBLE' then _text_of_double(cast(x as varchar)) when 'TIMESTAMP'
    then rpad(cast(x as varchar) || case when contains(cast(x as varchar), '.') then '' else '.' end, 23, '0')
    else cast(x as varchar) end`,

  // Time. Differences count whole units that have passed; a date stays a date.
  `date_diff(unit, a, b) as system.main.date_sub(unit, a, b)`,
  `date_trunc(unit, t) as cast_to_type(system.main.date_trunc(unit, t), t)`,
  `_span(unit, n) as case lower(unit)
    when 'millisecond' then to_milliseconds(n) when 'second' then to_seconds(n) when 'minute' then to_minutes(n)
    when 'hour' then to_hours(n) when 'day' then to_days(cast(n as int)) when 'week' then to_weeks(cast(n as int))
    when 'month' then to_months(cast(n as int)) when 'quarter' then to_months(cast(n as int) * 3)
    when 'year' then to_years(cast(n as int)) else error('not a unit of time: ' || unit) end`,
  `date_add(unit, n, t) as cast_to_type(t + _span(unit, n), t)`,
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
  `date(x) as cast(x as date)`,
  `from_unixtime(x) as to_timestamp(cast(x as double))`,
  `to_unixtime(x) as epoch(x)`,
  `from_iso8601_timestamp(x) as cast(x as timestamptz)`,
  `from_iso8601_date(x) as cast(x as date)`,
  `to_iso8601(x) as replace(_text(x), ' ', 'T')`,

  // Numbers.
  `round(x) as system.main.round(x), (x, n) as cast_to_type(system.main.round(x, n), x + x)`,
  `sign(x) as cast_to_type(system.main.sign(x), x)`,
  `truncate(x) as trunc(x), (x, n) as cast_to_type(trunc(x, n), x)`,
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
  `bitwise_and(a, b) as cast(a & b as bigint)`,
  `bitwise_or(a, b) as cast(a | b as bigint)`,
  `bitwise_xor(a, b) as cast(xor(a, b) as bigint)`,
  `to_base(x, radix) as lower(system.main.to_base(x, radix))`,
  `typeof(x) as lower(system.main.typeof(x))`,
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

  // Arrays and maps.
  `element_at(x, key) as x[key]`,
  `cardinality(x) as cast(len(x) as bigint)`,
  `sequence(a, b) as generate_series(a, b), (a, b, step) as cast_to_type(generate_series(a, b, step), [a])`,
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
