import type { StageSettings } from '../../stacks/settings.ts'
import type { EvaluateOptions } from './evaluate.ts'

/** Everything that can be switched on. */
const everything: StageSettings = {
  protected: true,
  encryption: 'kms',
  vpc: true,
  alerts: { emails: ['data@example.com'], webhooks: ['https://example.com/alerts'], staleHours: { olist: 26 } },
  schedules: { timezone: 'Europe/Berlin', runs: { olist: 'cron(0 6 * * ? *)' } },
  budget: 150,
  stream: { enabled: true, byEventType: true, generate: { schedule: 'rate(10 minutes)', events: 1000 } },
  reservedConcurrency: { clean: 100, wake: 2 },
  settleSeconds: 60,
}

/** The stages that the suite looks at, by name. */
export const stages = {
  personal: 'ana',
  production: 'prod',
  /** All settings on, under the longest names that somebody might choose. */
  full: 'feature-that-took-the-whole-team-a-quarter-to-finish-in-the-end',
} as const

export const evaluations: Record<string, EvaluateOptions> = {
  [stages.personal]: {},
  [stages.production]: {},
  [stages.full]: { settings: everything, app: 'droplake-of-the-very-large-company-with-a-long-name' },
}
