/**
 * The bytes themselves prove that a file is not what its contract says. Reading it again cannot help, so the source is
 * set aside. The message names the file: `orders.csv: the header lacks order_id …; got "a,b,c"`.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}
