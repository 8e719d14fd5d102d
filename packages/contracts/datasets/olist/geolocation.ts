import { double, text } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'Points of zip code prefixes, many a prefix; a quarter of the public file are exact repeats',
  files: 'olist_geolocation_dataset*.csv',
  columns: {
    geolocation_zip_code_prefix: text.required({ padTo: 5 }),
    geolocation_lat: double.required({ min: -90, max: 90, unit: 'degrees' }),
    geolocation_lng: double.required({ min: -180, max: 180, unit: 'degrees' }),
    geolocation_city: text.optional({ lower: true }),
    geolocation_state: text.optional(),
  },
  key: [],
  dedupe: 'exact',
  kind: 'snapshot',
})
