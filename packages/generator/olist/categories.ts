import { weighted } from '../distribution.ts'

export interface Category {
  /** Portuguese, as in the products file. */
  name: string
  /** Spelled as in the public translation, mistakes included; empty for the two that it lacks. */
  english: string
  /** BRL */
  price: number
  /** Standard deviation of the logarithm of the price. */
  spread: number
  /** g */
  weight: number
}

/** Name, English name, share of products, median price, spread, median weight: rounded to two digits. */
const rows: readonly (readonly [string, string, number, number, number, number])[] = [
  ['cama_mesa_banho', 'bed_bath_table', 3000, 78, 0.7, 1200],
  ['esporte_lazer', 'sports_leisure', 2900, 80, 0.8, 750],
  ['moveis_decoracao', 'furniture_decor', 2700, 60, 0.8, 1200],
  ['beleza_saude', 'health_beauty', 2400, 80, 1.1, 520],
  ['utilidades_domesticas', 'housewares', 2300, 57, 0.9, 1000],
  ['automotivo', 'auto', 1900, 90, 1.0, 900],
  ['informatica_acessorios', 'computers_accessories', 1600, 81, 0.8, 400],
  ['brinquedos', 'toys', 1400, 75, 0.8, 700],
  ['relogios_presentes', 'watches_gifts', 1300, 120, 0.9, 350],
  ['telefonia', 'telephony', 1100, 30, 0.9, 200],
  ['bebes', 'baby', 920, 70, 0.9, 850],
  ['perfumaria', 'perfumery', 870, 80, 0.9, 400],
  ['papelaria', 'stationery', 850, 79, 0.8, 650],
  ['fashion_bolsas_e_acessorios', 'fashion_bags_accessories', 850, 50, 0.8, 200],
  ['cool_stuff', 'cool_stuff', 790, 130, 0.9, 1100],
  ['ferramentas_jardim', 'garden_tools', 750, 60, 0.8, 1100],
  ['pet_shop', 'pet_shop', 720, 90, 0.8, 850],
  ['eletronicos', 'electronics', 520, 20, 0.9, 250],
  ['construcao_ferramentas_construcao', 'construction_tools_construction', 400, 70, 1.1, 1400],
  ['eletrodomesticos', 'home_appliances', 370, 48, 1.0, 350],
  ['malas_acessorios', 'luggage_accessories', 350, 110, 0.7, 950],
  ['consoles_games', 'consoles_games', 320, 70, 1.1, 350],
  ['moveis_escritorio', 'office_furniture', 310, 140, 0.4, 12000],
  ['instrumentos_musicais', 'musical_instruments', 290, 110, 1.2, 1000],
  ['eletroportateis', 'small_appliances', 230, 74, 1.2, 1700],
  ['casa_construcao', 'home_construction', 220, 110, 0.8, 1000],
  ['livros_interesse_geral', 'books_general_interest', 220, 45, 0.9, 500],
  ['fashion_calcados', 'fashion_shoes', 170, 85, 0.7, 900],
  ['moveis_sala', 'furniture_living_room', 160, 100, 0.7, 6200],
  ['climatizacao', 'air_conditioning', 120, 160, 0.9, 3400],
  ['livros_tecnicos', 'books_technical', 120, 49, 0.7, 700],
  ['telefonia_fixa', 'fixed_telephony', 120, 130, 1.2, 410],
  ['casa_conforto', 'home_confort', 110, 90, 0.7, 2200],
  ['market_place', 'market_place', 100, 78, 0.8, 540],
  ['alimentos_bebidas', 'food_drink', 100, 40, 0.6, 600],
  ['fashion_roupa_masculina', 'fashion_male_clothing', 95, 60, 0.8, 500],
  ['moveis_cozinha_area_de_servico_jantar_e_jardim', 'kitchen_dining_laundry_garden_furniture', 94, 72, 0.8, 10000],
  ['sinalizacao_e_seguranca', 'signaling_and_security', 93, 80, 0.8, 580],
  ['construcao_ferramentas_seguranca', 'construction_tools_safety', 91, 99, 1.1, 600],
  ['eletrodomesticos_2', 'home_appliances_2', 90, 210, 1.1, 9000],
  ['construcao_ferramentas_jardim', 'costruction_tools_garden', 88, 42, 0.9, 1000],
  ['alimentos', 'food', 82, 34, 0.6, 540],
  ['bebidas', 'drinks', 81, 45, 0.9, 1300],
  ['construcao_ferramentas_iluminacao', 'construction_tools_lights', 78, 110, 0.8, 980],
  ['agro_industria_e_comercio', 'agro_industry_and_commerce', 74, 410, 1.1, 2700],
  ['industria_comercio_e_negocios', 'industry_commerce_and_business', 68, 110, 0.5, 4200],
  ['artigos_de_natal', 'christmas_supplies', 65, 33, 0.8, 550],
  ['audio', 'audio', 58, 67, 1.1, 400],
  ['artes', 'art', 55, 99, 0.8, 700],
  ['fashion_underwear_e_moda_praia', 'fashion_underwear_beach', 53, 60, 1.0, 300],
  ['dvds_blu_ray', 'dvds_blu_ray', 48, 25, 0.8, 200],
  ['moveis_quarto', 'furniture_bedroom', 45, 130, 0.8, 11000],
  ['construcao_ferramentas_ferramentas', 'costruction_tools_tools', 39, 75, 0.8, 800],
  ['livros_importados', 'books_imported', 31, 62, 0.8, 650],
  ['portateis_casa_forno_e_cafe', 'small_appliances_home_oven_and_coffee', 31, 210, 0.8, 1600],
  ['pcs', 'computers', 30, 1200, 0.6, 7200],
  ['cine_foto', 'cine_photo', 28, 28, 0.8, 380],
  ['fashion_roupa_feminina', 'fashio_female_clothing', 27, 60, 0.8, 500],
  ['musica', 'music', 27, 100, 0.8, 250],
  ['artigos_de_festas', 'party_supplies', 26, 22, 0.8, 1400],
  ['fashion_esporte', 'fashion_sport', 19, 70, 0.8, 250],
  ['artes_e_artesanato', 'arts_and_craftmanship', 19, 130, 0.8, 500],
  ['flores', 'flowers', 14, 26, 0.8, 600],
  ['fraldas_higiene', 'diapers_and_hygiene', 12, 37, 0.8, 580],
  ['la_cuisine', 'la_cuisine', 10, 160, 0.8, 2600],
  ['portateis_cozinha_e_preparadores_de_alimentos', '', 10, 35, 0.8, 1000],
  ['moveis_colchao_e_estofado', 'furniture_mattress_and_upholstery', 10, 85, 0.8, 8700],
  ['tablets_impressao_imagem', 'tablets_printing_image', 9, 99, 0.8, 300],
  ['fashion_roupa_infanto_juvenil', 'fashion_childrens_clothes', 5, 150, 0.8, 300],
  ['casa_conforto_2', 'home_comfort_2', 5, 13, 0.8, 700],
  ['pc_gamer', '', 3, 150, 0.8, 800],
  ['seguros_e_servicos', 'security_and_services', 2, 150, 0.8, 810],
  ['cds_dvds_musicais', 'cds_dvds_musicals', 1, 45, 0.8, 550],
]

export const categories: readonly Category[] = rows.map(([name, english, , price, spread, weight]) => ({
  name,
  english,
  price,
  spread,
  weight,
}))

/** Categories by their share of products; undefined for the 610 of 32,951 products that have none. */
export const categoryShares = weighted<Category | undefined>([
  [undefined, 610],
  ...categories.map((category, index) => [category, rows[index]![2]] as const),
])
