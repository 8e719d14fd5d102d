import { below, chance, pick, type Random } from '../random.ts'

type Mood = 'good' | 'fair' | 'bad'

const titles: Record<Mood, readonly string[]> = {
  good: [
    'Recomendo',
    'Muito bom',
    'Ótima compra',
    'Excelente!',
    'Super satisfeita',
    'Entrega rápida',
    '10',
    'Nota dez',
    '👏👏',
  ],
  fair: ['Regular', 'Mais ou menos', 'Bom, mas...', 'Razoável', 'Esperava mais', 'Entrega parcial'],
  bad: [
    'Não recebi',
    'Péssimo',
    'Produto errado',
    'Decepção',
    'Não recomendo',
    'Atraso na entrega',
    'Quero meu dinheiro',
  ],
}

const sentences: Record<Mood, readonly string[]> = {
  good: [
    'Chegou antes do prazo, bem embalado e sem nenhum arranhão',
    'O produto é igual à foto, a cor é linda',
    'Minha mãe adorou o presente',
    'Já é a terceira vez que compro nesta loja e nunca tive problema',
    'Atendimento nota 10, responderam no mesmo dia',
    'Qualidade ótima pelo preço',
    'Instalação fácil, funcionou de primeira',
    'Material resistente, acabamento caprichado',
    'Recomendo a todos os meus amigos',
    'O vendedor mandou até um brinde, amei',
  ],
  fair: [
    'O produto é bom, porém a embalagem veio amassada',
    'Demorou um pouco, mas chegou',
    'Tamanho menor do que eu imaginava',
    'A descrição diz "inox", mas parece alumínio',
    'Recebi só uma das duas peças, aguardo a outra',
    'Funciona, só o manual que não está em português',
    'A tonalidade é um pouco diferente da anunciada',
    'Pelo preço, não dá para reclamar',
  ],
  bad: [
    'Até hoje não recebi o produto e ninguém responde',
    'Veio com defeito, não liga de jeito nenhum',
    'Mandaram o modelo errado e agora não consigo trocar',
    'Paguei frete caro e o pedido está parado na transportadora há semanas',
    'A nota fiscal consta como "entregue", mas aqui não chegou nada',
    'Quebrou no primeiro uso, plástico muito frágil',
    'Comprei 2 unidades, veio 1, já abri reclamação; sem solução',
    'Propaganda enganosa, não é original',
    'Quero o cancelamento da compra e o estorno no cartão',
  ],
}

const emoji = ['👍', '😍', '😡', '❤️', '🙏', '😢'] as const
const breaks = ['\n', '\n', '\n', '\n', '\n\n', '\r\n'] as const

/** Title and message of a review; either is '' in most. With commas, quotes, accents, line breaks and some emoji. */
export function drawComment(random: Random, score: number): { title: string; message: string } {
  const mood: Mood = score >= 4 ? 'good' : score === 3 ? 'fair' : 'bad'
  const title = chance(random, 0.117) ? pick(random, titles[mood]) : ''
  if (!chance(random, score <= 2 ? 0.72 : score === 3 ? 0.43 : 0.34)) return { title, message: '' }
  let message = pick(random, sentences[mood])
  const more = below(random, 3)
  for (let i = 0; i < more; i++) {
    const next = pick(random, sentences[mood])
    message += chance(random, 0.1)
      ? `${pick(random, breaks)}${next}`
      : `${pick(random, ['. ', ', ', '! ', '... '])}${next}`
  }
  if (chance(random, 0.5)) message += pick(random, ['.', '!', '!!', '...'])
  if (chance(random, 0.015)) message += ` ${pick(random, emoji)}`
  if (chance(random, 0.12)) message = message.toLowerCase()
  else if (chance(random, 0.05)) message = message.toUpperCase()
  if (chance(random, 0.02)) message += pick(random, breaks)
  return { title, message }
}
