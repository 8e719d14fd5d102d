export function costJson(bill: unknown, measured: unknown) {
  return { bill, measured }
}
export function showCost(bill: unknown, measured: unknown, style: unknown): string {
  return JSON.stringify({ bill, measured }, null, 1)
}
