const header =
  'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date'

/** An orders file as Olist's are, of these orders. `at`: `2018-01-31 10:00:00`. */
export function ordersFile(orders: readonly { id: string; at: string; status?: string }[]): Uint8Array {
  const lines = orders.map(
    ({ id, at, status = 'delivered' }) => `${id},c-${id},${status},${at},${at},${at},${at},${at}`,
  )
  return Buffer.from(`${[header, ...lines].join('\n')}\n`)
}
