/** How the extract prints numbers that a data-frame tool once held as floats: `57.0`, `199.0`, `17.87`. */
export interface NumberStyle {
  floats: boolean
}

/** Money of whole cents. */
export function moneyText(cents: number, { floats }: NumberStyle): string {
  const whole = Math.floor(cents / 100)
  const rest = String(cents % 100).padStart(2, '0')
  return `${whole}.${floats && rest.endsWith('0') ? rest[0] : rest}`
}

/** A count in a column that has empty cells, which is what turns counts into floats. */
export function countText(count: number | undefined, { floats }: NumberStyle): string {
  if (count === undefined) return ''
  return floats ? `${count}.0` : String(count)
}
