/** Throws unless the number is from 0 to 1. */
export function checkShare(name: string, share: number): void {
  if (!(share >= 0 && share <= 1)) throw new Error(`generator: ${name} must be from 0 to 1, got ${share}; pass a share`)
}
