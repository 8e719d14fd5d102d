/** An alert as SNS carries it: a readable text, and attributes to filter subscriptions by. */
export interface Alert {
  /** At most 100 characters, one line. */
  subject: string
  /** Readable by a person; rules and counts, never the content of a personal column. */
  text: string
  attributes: {
    kind: 'published' | 'held' | 'failed' | 'unroutable' | 'unreadable' | 'quarantine' | 'set_aside' | 'drift'
    dataset: string
    /** Of the run, where there is one. */
    status?: string
    severity: 'info' | 'warning' | 'error'
    run?: string
  }
}

/** At least once: a message may be sent again by a retried step. */
export interface Notifier {
  notify(alert: Alert): Promise<void>
}
