/*
Products with the English name of their category, size, weight and photos.
Grain: one product.
materialization: table
audits:
  unique(product_id)
  not_null(product_id)
  no_fall(50%)
columns:
  product_id: product
  product_category_name: Portuguese, with underscores; null where the source has none
  category_english: English name; an untranslated category keeps its Portuguese name
  product_photos_qty: number of photos
  product_weight_g: grams
  product_length_cm: centimetres
  product_height_cm: centimetres
  product_width_cm: centimetres
*/
with
products as (select * from cleaned.products),
translations as (select * from cleaned.category_translation),
final as (
  select
    products.product_id,
    products.product_category_name,
    coalesce(translations.product_category_name_english, products.product_category_name) as category_english,
    products.product_photos_qty,
    products.product_weight_g,
    products.product_length_cm,
    products.product_height_cm,
    products.product_width_cm
  from products
  left join translations on translations.product_category_name = products.product_category_name
)
select * from final
