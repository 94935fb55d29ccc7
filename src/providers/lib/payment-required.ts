// Texts of providers and resellers for an expired plan. No provider documents them, so they are recognised by a word for the plan
// next to a word for its state. Single words are not enough: tokens expire too, webhooks have subscriptions, and messages may be
// about payments.

/** A text is one sentence or two. A search through a body of any length would take too long. */
const MAX_CHARACTERS = 1_000

/** Words that may occur between the two. */
const BETWEEN =
  '(?: (?:is|was|are|has|have|been|had|already|for|of|to|this|that|the|your|account|instance|period|plan|now|currently|' +
  'esta|este|desta|deste|da|do|de|sua|seu|su|tu|ha|foi|fue|ja|ya|se|encontra|encuentra|conta|cuenta|instancia))*'

/** Words for a plan, but not for the subscriptions of a program. */
const PLAN =
  '(?:(?<!(?:webhook|webhooks|event|events|presence|push|topic|channel|newsletter|message|messages) )subscription|plan|trial|free trial|' +
  'membership|licen[cs]e|tariff|tariff plan|billing|assinatura|suscripcion|plano|mensalidade|mensualidad|periodo de (?:teste|prueba))'

const OVER =
  '(?:expired|expires|ended|lapsed|overdue|past due|unpaid|inactive|cancell?ed|suspended|terminated|run out|ran out|over|required|needed|' +
  '(?:not|no longer|nao|no)(?: is| been| esta)? (?:active|valid|paid|renewed|ativ[ao]|activ[ao]|valid[ao]|pag[ao]|renovad[ao])|' +
  'vencid[ao]|venceu|vencio|expirad[ao]|expirou|expiro|caducad[ao]|caduco|cancelad[ao]|suspens[ao]|suspendid[ao]|inativ[ao]|inactiv[ao]|encerrad[ao]|' +
  'terminou|termino|acabou|atrasad[ao]|em atraso|pendente|pendiente)'

const MONEY = '(?:payment|payment method|invoice|bill|fatura|factura|pagamento|pago|boleto)'

const DUE =
  '(?:required|needed|overdue|due|past due|pending|failed|declined|missing|late|unpaid|open|outstanding|' +
  '(?:not|nao|no)(?: been| was| foi| fue)? (?:received|made|paid|completed|identificad[ao]|recebid[ao]|recibid[ao]|realizad[ao]|pag[ao])|' +
  'pendente|pendiente|necessario|requerido|obrigatorio|vencid[ao]|atrasad[ao]|em atraso|em aberto|impag[ao]|recusado|rechazado)'

/** Things that a program renews without a payment. */
const NO_PLAN =
  '(?! (?:attention|(?:the |your |a |an |to |o |a |el |la |sua |su )*(?:api key|apikey|key|token|session|certificate|connection|qr|code|webhook|webhooks|event|events|' +
  'presence|channel|newsletter|topic|sessao|sesion|conexao|conexion)))'

const TEXTS = [
  ` ${PLAN}${BETWEEN} ${OVER} `,
  ` ${MONEY}${BETWEEN} ${DUE} `,
  ' (?:overdue|unpaid|pending|outstanding|missing|late|awaiting|waiting for|without) (?:payment|invoice|bill|balance|subscription) ',
  ' non ?payment ',
  ' (?:expired|inactive|cancell?ed|no|no active|no valid|not have an? active|without an? active|requires? an? (?:active|valid|paid)) (?:subscription|plan|trial|licen[cs]e|membership) ',
  ' (?:account|instance)(?: account)? (?:is|has|was)(?: been)? (?:expired|overdue|unpaid|not paid|past due|suspended for) ',
  '^ (?:(?:the|this|your) )?instance (?:expired|unpaid|not paid) ',
  ' (?:for|to)(?: a| the)? (?:lack of|failed|missing) payment ',
  ' falta de (?:pagamento|pago) ',
  ` (?:must|need|needs|have|has|required|please|necessary)(?: to)?(?: first)? (?:re)?(?:subscribe|pay|renew|recharge|top up)${NO_PLAN} `,
  ' (?:renew|upgrade|extend|reactivate|pay for|change)(?: (?:your|the|this|its))? (?:plan|subscription|instance|account|tariff|licen[cs]e|membership) ',
  ' (?:re ?subscribe|subscribe (?:to this instance )?again|subscribe to (?:a|the|this|your) (?:paid )?(?:plan|instance)) ',
  ' (?:insufficient|not enough|no|out of)(?: account)? (?:funds|balance|credits?) ',
  ' (?:precisa|deve|debe|necessario|necesario|favor)(?: de)? (?:re)?(?:assinar|pagar|renovar|suscribirse|regularizar) ',
  ' (?:assine|assinar|suscribase|suscribete)(?: a| o| esta| este)?(?: instancia| plano| plan)?(?: novamente| de novo| nuevamente| otra vez)? ',
  ' (?:renove|renovar|renueve|renueva|regularize)(?: o| a| seu| sua| su| tu| el| la)? (?:plano|plan|assinatura|suscripcion|instancia|pagamento|pago) ',
  ' inadimpl',
  ' saldo insuficiente ',
  ' instancia (?:esta )?(?:vencida|expirada|expirou|venceu) ',
  'подписк[а-я]*(?: [а-я]+){0,3} (?:истек|законч|просроч|неактивн|не активн|отключ|необходим|приостановл)',
  '(?:тариф|лиценз|инстанс|аккаунт)[а-я]*(?: [а-я]+){0,2} (?:истек|законч|просроч|не оплач|приостановл)',
  ' (?:оплатите|оплатить|оплачен|неоплачен|продлите|пополните|задолженност)',
  ' (?:не оплачен|недостаточно средств|требуется оплата|необходима оплата|нет оплаты)',
].map((text) => new RegExp(text, 'u'))

/** Whether a text says that a plan has to be paid for. */
export function isPaymentRequired(text: string): boolean {
  const words = text
    .slice(0, MAX_CHARACTERS)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
  return TEXTS.some((pattern) => pattern.test(` ${words} `))
}
