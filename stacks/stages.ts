import type { StageSettings } from './settings.ts'

/**
 * The stages of this checkout that differ from the defaults in `settings.ts`; any other stage is personal: small, and gone
 * with its data after `sst remove`.
 */
export const stages: Record<string, StageSettings> = {
  prod: {
    protected: true,
    encryption: 'kms',
    retention: { noncurrentDays: 90, streamDays: 365, logDays: 180 },
    // emails: ['data@your.company'], webhooks: ['https://…'], staleHours: { olist: 26 }
    alerts: { emails: [], webhooks: [] },
    budget: 200,
    scanLimit: { people: 1000, pipeline: 10_000 },
  },
}
