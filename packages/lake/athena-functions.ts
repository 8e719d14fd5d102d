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
    then cast_to_type(case when a = 0 then 'NaN' when a < 0 then '-Infinity' when a > 0 then 'Infinity' end, a + b)
    else _like(a // b, a + b) end`,
  // As an argument of a lambda a fraction is written once, where \`_divide\` repeats it several times.
  `_divide_again(a, b) as list_transform([struct_pack(a := a, b := b)], lambda t: _divide(t.a, t.b))[1]`,
  `_modulo(a, b) as case when b = 0 then cast_to_type(case when a is not null then 'NaN' end, a + b) else a % b end`,
  `_plus(t, i) as cast_to_type(t + i, t)`,
  // Texts that Athena casts; DuckDB takes more. The type of other values stays.
  `_shaped(x, pattern, other) as case when system.main.typeof(x) = 'VARCHAR' then cast_to_type(case
    when x is null or regexp_full_match(cast(x as varchar), pattern) then cast(x as varchar) else other || ': ' || cast(x as varchar) end, x) else x end`,
  `_boolean(x) as _shaped(x, '(?i)t|f|true|false|1|0', 'not a boolean')`,
  `_date(x) as _shaped(x, '\\s*[-+]?\\d{4,}-\\d{1,2}-\\d{1,2}\\s*', 'not a date')`,
  `_timestamp(x) as _shaped(x, '\\s*[-+]?\\d{4,}-\\d{1,2}-\\d{1,2}( \\d{1,2}:\\d{1,2}(:\\d{1,2}(\\.\\d+)?)?)?( UTC)?\\s*',
    'not a timestamp')`,
  `_number(x) as _shaped(x, '\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*|NaN|[-+]?Infinity', 'not a number')`,
  `_decimal(x) as _shaped(x, '[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?', 'not a number')`,
  // `cast('1.5' as integer)` fails in Athena, and 2.5e0 becomes 3.
  `_whole(x) as case system.main.typeof(x)
    when 'VARCHAR' then cast_to_type(case when x is null or regexp_full_match(cast(x as varchar), '\\s*[+-]?[0-9]+\\s*')
      then cast(x as varchar) else 'not a whole number: ' || cast(x as varchar) end, x)
    when 'DOUBLE' then cast_to_type(system.main.round(cast(x as double)), x) else x end`,
  // A double is written as 1.5E0, a timestamp with milliseconds.
  `_scientific(whole, fraction, exponent) as case when trim(whole || fraction, '0') = '' then '0E0' else
    substr(ltrim(whole || fraction, '0'), 1, 1) || '.' ||
    coalesce(nullif(rtrim(substr(ltrim(whole || fraction, '0'), 2), '0'), ''), '0') || 'E' ||
    (length(ltrim(whole || fraction, '0')) - length(fraction) - 1 + exponent) end`,
  `_text_of_double(x) as list_transform([x], lambda t: case ltrim(t, '-')
    when 'nan' then 'NaN' when 'inf' then system.main.replace(t, 'inf', 'Infinity')
    else case when starts_with(t, '-') then '-' else '' end || _scientific(
      str_split_regex(ltrim(t, '-'), '[.e]')[1],
      case when instr(t, '.') > 0 then str_split_regex(t, '[.e]')[2] else '' end,
      coalesce(try_cast(str_split(t, 'e')[2] as integer), 0)) end)[1]`,
  `_text(x) as case system.main.typeof(x) when 'JSON' then cast(x as json) ->> '$'
    when 'DOUBLE' then _text_of_double(cast(x as varchar))
    when 'TIMESTAMP' then system.main.strftime(cast(x as timestamp), '%Y-%m-%d %H:%M:%S.%g')
    else cast(x as varchar) end`,
  `_cut(x, n) as case when system.main.typeof(x) = 'VARCHAR' then system.main.substr(cast(x as varchar), 1, n)
    when system.main.length(_text(x)) <= n then _text(x) else cast(error('the value is longer than the type') as varchar) end`,

  // Time. Differences count whole units that have passed; a date stays a date.
  `_unit(unit, t) as case
    when lower(unit) not in ('millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year')
    then error('a unit of time is one of millisecond, second, minute, hour, day, week, month, quarter, year, got ' || unit)
    when system.main.typeof(t) = 'DATE' and lower(unit) in ('hour', 'minute', 'second', 'millisecond')
    then error('a date has no ' || unit || '; cast it to timestamp') else unit end`,
  `date_diff(unit, a, b) as system.main.date_sub(_unit(unit, coalesce(a, b)), a, b)`,
  `date_trunc(unit, t) as cast_to_type(system.main.date_trunc(_unit(unit, t), t), t)`,
  `_span(unit, n) as case lower(unit)
    when 'millisecond' then to_milliseconds(n) when 'second' then to_seconds(n) when 'minute' then to_minutes(n)
    when 'hour' then to_hours(n) when 'day' then to_days(cast(n as int)) when 'week' then to_weeks(cast(n as int))
    when 'month' then to_months(cast(n as int)) when 'quarter' then to_months(cast(n as int) * 3)
    when 'year' then to_years(cast(n as int)) end`,
  `date_add(unit, n, t) as cast_to_type(t + _span(_unit(unit, t), n), t)`,
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
  `from_unixtime(x) as to_timestamp(cast(x as double))`,
  `to_unixtime(x) as epoch(x)`,
  `from_iso8601_timestamp(x) as cast(x as timestamptz)`,
  `from_iso8601_date(x) as cast(_date(x) as date)`,
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
  `cbrt(x) as case when pow(system.main.round(system.main.cbrt(x)), 3) = x then system.main.round(system.main.cbrt(x))
    else system.main.cbrt(x) end`,
  `log2(x) as case when x = 0 then cast('-inf' as double) when x < 0 then cast('nan' as double) else system.main.log2(x) end`,
  `log10(x) as case when x = 0 then cast('-inf' as double) when x < 0 then cast('nan' as double) else system.main.log10(x) end`,
  `acos(x) as case when abs(x) > 1 then cast('nan' as double) else system.main.acos(x) end`,
  `asin(x) as case when abs(x) > 1 then cast('nan' as double) else system.main.asin(x) end`,
  `rand() as system.main.random()`,
  `ln(x) as case when x = 0 then cast('-inf' as double) when x < 0 then cast('nan' as double) else system.main.ln(x) end`,
  `sqrt(x) as case when x < 0 then cast('nan' as double) else system.main.sqrt(x) end`,
  `width_bucket(x, low, high, n) as cast(case when x < low then 0 when x >= high then n + 1
    else floor((x - low) * n / cast(high - low as double)) + 1 end as bigint)`,
  `bitwise_and(a, b) as cast(a & b as bigint)`,
  `bitwise_or(a, b) as cast(a | b as bigint)`,
  `bitwise_xor(a, b) as cast(xor(a, b) as bigint)`,
  `to_base(x, radix) as lower(system.main.to_base(x, radix))`,
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
  // DuckDB counts bytes.
  `_ascii(x) as case when x is null or regexp_full_match(x, '[\\x00-\\x7f]*') then x
    else error('the distance of texts beyond ASCII is not computed here') end`,
  `levenshtein_distance(a, b) as levenshtein(_ascii(a), _ascii(b))`,
  `hamming_distance(a, b) as hamming(_ascii(a), _ascii(b))`,
  `split(x, separator) as case when separator = '' then error('split: the separator is empty')
    else str_split(x, separator) end`,
  `reverse(x) as case when ends_with(system.main.typeof(x), '[]')
    then cast_to_type(list_reverse(cast(x as varchar[])), x) else cast_to_type(system.main.reverse(cast(x as varchar)), x) end`,
  `_concat_ws(separator, x) as case when ends_with(system.main.typeof(x), '[]')
    then array_to_string(cast(x as varchar[]), separator) else coalesce(cast(x as varchar), '') end`,
  `_url(x, part) as case when regexp_matches(x, '^[^ ]*$') then system.main.regexp_extract(x,
    '^([A-Za-z][A-Za-z0-9+.-]*:)?(//([^/?#@]*@)?([^/?#:]*)(:[0-9]*)?)?([^?#]*)([?]([^#]*))?', part) end`,
  `url_extract_protocol(x) as system.main.rtrim(_url(x, 1), ':')`,
  `url_extract_host(x) as _url(x, 4)`,
  `url_extract_path(x) as system.main.url_decode(_url(x, 6))`,
  `url_extract_query(x) as system.main.url_decode(_url(x, 8))`,
  `url_extract_parameter(x, name) as case when regexp_matches('&' || _url(x, 8) || '&', '&' || regexp_escape(name) || '[=&]')
    then url_decode(system.main.regexp_extract('&' || _url(x, 8), '&' || regexp_escape(name) || '=([^&]*)', 1)) end`,
  `split_part(x, separator, n) as case when n <= 0 then error('split_part: the index must be greater than zero')
    else str_split(x, separator)[n] end`,
  `_from(x, start) as case when start > 0 or start < 0 and -start <= system.main.length(x) then system.main.substr(x, start)
    when x is not null and start is not null then '' end`,
  `_part(x, start, n) as case when n > 0 and (start > 0 or start < 0 and -start <= system.main.length(x))
    then system.main.substr(x, start, n) when x is not null and start is not null and n is not null then '' end`,
  // Athena takes every white space of Unicode off, DuckDB only blanks.
  `_blanks() as (chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(28) || chr(29) || chr(30) || chr(31) || chr(32)
    || chr(5760) || chr(8192) || chr(8193) || chr(8194) || chr(8195) || chr(8196) || chr(8197) || chr(8198) || chr(8200)
    || chr(8201) || chr(8202) || chr(8232) || chr(8233) || chr(8287) || chr(12288))`,
  `trim(x) as system.main.trim(x, _blanks()), (x, characters) as system.main.trim(x, characters)`,
  `ltrim(x) as system.main.ltrim(x, _blanks()), (x, characters) as system.main.ltrim(x, characters)`,
  `rtrim(x) as system.main.rtrim(x, _blanks()), (x, characters) as system.main.rtrim(x, characters)`,
  // A statement cannot be stopped within one call, so that must not take long.
  `_width(n) as case when n between 0 and 1000000 then n
    else error('a text is padded to a length between 0 and 1000000 here') end`,
  `lpad(x, n, padding) as system.main.lpad(x, _width(n), padding)`,
  `rpad(x, n, padding) as system.main.rpad(x, _width(n), padding)`,
  `replace(x, part) as system.main.replace(x, part, ''), (x, part, y) as system.main.replace(x, part, y)`,
  `url_encode(x) as system.main.replace(system.main.replace(system.main.replace(system.main.url_encode(x), '%20', '+'),
    '%2A', '*'), '~', '%7E')`,
  `url_decode(x) as system.main.url_decode(system.main.replace(x, '+', ' '))`,
  `strpos(x, part) as instr(x, part)`,
  `regexp_like(x, pattern) as regexp_matches(x, pattern)`,
  `regexp_extract(x, pattern) as case when regexp_matches(x, pattern) then system.main.regexp_extract(x, pattern) end,
    (x, pattern, n) as case when regexp_matches(x, pattern) then system.main.regexp_extract(x, pattern, n) end`,
  `regexp_replace(x, pattern) as system.main.regexp_replace(x, pattern, '', 'g'),
    (x, pattern, y) as system.main.regexp_replace(x, pattern, system.main.regexp_replace(y, '\\$(\\d)', '\\\\\\1', 'g'), 'g')`,
  `_regexp_replace(x, pattern, y) as system.main.regexp_replace(x, pattern, y, 'g')`,
  `regexp_extract_all(x, pattern) as system.main.regexp_extract_all(x, pattern),
    (x, pattern, n) as system.main.regexp_extract_all(x, pattern, n)`,
  `regexp_count(x, pattern) as cast(len(system.main.regexp_extract_all(x, pattern)) as bigint)`,
  `regexp_split(x, pattern) as str_split_regex(x, pattern)`,
  `json_extract_scalar(x, path) as case when json_valid(x) and json_type(x, path) not in ('OBJECT', 'ARRAY') then
    case json_type(x, path) when 'DOUBLE' then _json_number(cast(x as varchar), path) else json_extract_string(x, path) end end`,
  `json_extract(x, path) as case when json_valid(x) then system.main.json_extract(x, path) end`,
  `json_array_length(x) as case when json_valid(x) and json_type(x) = 'ARRAY'
    then cast(system.main.json_array_length(x) as bigint) end`,
  `json_parse(x) as case when x is null or json_valid(x)
    then cast(_sorted_json(cast(x as varchar)) as json) else error('json_parse: not valid JSON') end`,
  `_json_of(x) as cast(_sorted_json(cast(to_json(x) as varchar)) as json)`,
  `json_format(x) as cast(x as varchar)`,

  // Arrays and maps.
  `_index(x, i) as case when starts_with(system.main.typeof(x), 'MAP') then null else try_cast(cast(i as varchar) as bigint) end`,
  // Only the branch of the type at hand casts.
  `_size(x) as case when starts_with(system.main.typeof(x), 'MAP')
    then system.main.cardinality(cast(x as map(varchar, varchar))) else len(cast(x as varchar[])) end`,
  `cardinality(x) as cast(_size(x) as bigint)`,
  `element_at(x, key) as case when _index(x, key) = 0 then error('SQL array indices start at 1') else x[key] end`,
  // The subscript of an array lies within it, that of a map among its keys.
  `_subscript(x, i) as case
    when starts_with(system.main.typeof(x), 'MAP') then case when x[i] is not null or x is null or list_contains(
      map_keys(cast(x as map(varchar, varchar))), cast(i as varchar)) then x[i] else error('Key not present in map') end
    when x is null or i is null then x[i]
    when _index(x, i) between 1 and _size(x) then x[i]
    else error('Array subscript must lie between 1 and the length of the array') end`,
  `_short(x) as case when len(x) > 10000 then error('a sequence has at most 10000 entries') else x end`,
  `_gap(a, b) as cast(b - a as bigint)`,
  // A date moves by an integer only.
  `sequence(a, b) as case when abs(_gap(a, b)) >= 10000 then error('a sequence has at most 10000 entries')
    else list_transform(generate_series(0, abs(_gap(a, b))), lambda i: a + cast(i * system.main.sign(_gap(a, b)) as integer)) end,
    (a, b, step) as _short(cast_to_type(generate_series(a, b, step), [a]))`,
  `repeat(x, n) as _short(list_transform(generate_series(1, n), lambda i: x))`,
  `array_join(x, separator) as array_to_string(list_transform(x, lambda z: _text(z)), separator),
    (x, separator, missing) as array_to_string(list_transform(x, lambda z: coalesce(_text(z), missing)), separator)`,
  `_has_null(x) as list_count(x) < len(x)`,
  `contains(x, y) as case when list_contains(x, y) then true when not _has_null(x) and y is not null then false end`,
  `array_sort(x) as list_sort(x, 'ASC', 'NULLS LAST')`,
  `array_max(x) as case when not _has_null(x) then list_max(x) end`,
  `array_min(x) as case when not _has_null(x) then list_min(x) end`,
  `array_distinct(x) as list_filter(x, lambda z, i: i = list_position(x, z))`,
  `array_union(a, b) as array_distinct(case when a is not null and b is not null then list_concat(a, b) end)`,
  `array_intersect(a, b) as case when b is not null then list_filter(array_distinct(a), lambda z: list_position(b, z) is not null) end`,
  `array_except(a, b) as case when b is not null then list_filter(array_distinct(a), lambda z: list_position(b, z) is null) end`,
  `array_remove(x, y) as case when y is not null then list_filter(x, lambda z: z is null or z <> y) end`,
  `array_position(x, y) as case when x is not null and y is not null then cast(coalesce(list_position(x, y), 0) as bigint) end`,
  `arrays_overlap(a, b) as case when list_has_any(a, b) then true when not _has_null(a) and not _has_null(b) then false end`,
  `slice(x, start, n) as case when start = 0 then error('SQL array indices start at 1')
    when n < 0 then error('slice: the length must not be negative')
    when start > 0 then x[start:start + n - 1]
    when -start > len(x) then x[1:0]
    else x[len(x) + start + 1:len(x) + start + n] end`,
  `zip(a, b) as list_zip(a, b)`,
  // The first value of each key.
  `_map_of(k, v) as case when len(list_distinct(k)) = len(k) then map(k, v) else map(
    list_filter(k, lambda z, i: z is not null and i = list_position(k, z)),
    list_filter(v, lambda z, i: k[i] is not null and i = list_position(k, k[i]))) end`,
  `_or_null(x) as case when isnan(x) then null else x end`,
  `_any(found) as case when list_contains(found, true) then true when not _has_null(found) then false end`,
  `_all(found) as case when list_contains(found, false) then false when not _has_null(found) then true end`,
]
