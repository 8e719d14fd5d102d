/** One thing that was looked at. `mend`: what to do about it. */
export interface Finding {
  state: 'ok' | 'warn' | 'fail'
  subject: string
  text: string
  mend?: string
}
