// The corporate-action codes of ISO 15022 and ISO 20022 (CAEV, ExternalCorporateActionEventType1Code), each with what it does to a
// position. One table: a code that is not here is not known, one that is informational never touches a lot.

/** MAND: no instruction is needed. CHOS: there are options, one of them the default. VOLU: only who instructs takes part. */
export type Camv = 'MAND' | 'CHOS' | 'VOLU'

/**
 * What a code may do, and so which legs its terms may have (action-rules.ts):
 * - `cash`: income, return of capital, tax; units stay. `accumulation`: income without cash, which raises the cost.
 * - `choice`: income in cash or in units, by option. `stock`: more units of the same or another class. `restate`: units in other units.
 * - `detach`: units of another instrument beside the old. `exercise`: rights and warrants turned to shares, sold, or lapsed.
 * - `instalment`: a call for money on what is partly paid. `exchange`: old units out, new units or cash in.
 * - `identity`: another name, identifier or place for the same thing. `offer`: units sold to who offers for them.
 * - `redemption`: principal repaid. `worthless`: units and cost gone. `settlement`: money out of a claim, a consent or a reclaim.
 * - `information`: recorded, and nothing more.
 */
export type EffectClass =
  | 'cash'
  | 'accumulation'
  | 'choice'
  | 'stock'
  | 'restate'
  | 'detach'
  | 'exercise'
  | 'instalment'
  | 'exchange'
  | 'identity'
  | 'offer'
  | 'redemption'
  | 'worthless'
  | 'settlement'
  | 'information'

/** When on its day an action stands (BOOK.md section 6): at the open, among redemptions, or at the end of the day. */
export type ActionPhase = 1 | 2 | 6

export interface ActionCode {
  readonly name: string
  /** How it usually is; the terms say how one is. */
  readonly camv: Camv
  readonly effect: EffectClass
  readonly phase: ActionPhase
}

const row = (name: string, camv: Camv, effect: EffectClass, phase: ActionPhase = 1): ActionCode => ({
  name,
  camv,
  effect,
  phase,
})

export const ACTION_CODES = {
  ACCU: row('accumulation', 'MAND', 'accumulation'),
  ACTV: row('trading active', 'MAND', 'information'),
  ATTI: row('attachment of securities', 'MAND', 'exchange'),
  BIDS: row('repurchase offer by the issuer', 'VOLU', 'offer', 6),
  BONU: row('bonus or capitalisation issue', 'MAND', 'stock'),
  BPUT: row('put redemption by the holder', 'VOLU', 'redemption', 6),
  BRUP: row('bankruptcy', 'MAND', 'information'),
  CAPD: row('capital distribution', 'MAND', 'cash'),
  CAPG: row('capital gains distribution', 'MAND', 'cash'),
  CAPI: row('capitalisation of principal', 'MAND', 'stock'),
  CERT: row('certification', 'MAND', 'information'),
  CHAN: row('change of name or terms', 'MAND', 'identity'),
  CLSA: row('class action', 'VOLU', 'settlement'),
  CONS: row('consent', 'VOLU', 'settlement', 6),
  CONV: row('conversion', 'VOLU', 'exchange', 6),
  COOP: row('company option', 'VOLU', 'exercise', 6),
  CREV: row('credit event', 'MAND', 'information'),
  DECR: row('decrease of face value', 'MAND', 'restate'),
  DETI: row('detachment of securities', 'MAND', 'detach'),
  DFLT: row('bond default', 'MAND', 'information'),
  DLST: row('delisting', 'MAND', 'information'),
  DRAW: row('drawing by lot', 'MAND', 'redemption', 2),
  DRCA: row('cash from the sale of securities not eligible', 'MAND', 'cash'),
  DRIP: row('dividend reinvestment', 'CHOS', 'choice'),
  DSCL: row('disclosure', 'MAND', 'information'),
  DTCH: row('Dutch auction', 'VOLU', 'offer', 6),
  DVCA: row('cash dividend', 'MAND', 'cash'),
  DVOP: row('dividend option', 'CHOS', 'choice'),
  DVSC: row('scrip dividend', 'CHOS', 'choice'),
  DVSE: row('stock dividend', 'MAND', 'stock'),
  EXOF: row('exchange offer', 'VOLU', 'exchange', 6),
  EXRI: row('call on intermediate securities', 'CHOS', 'exercise', 6),
  EXTM: row('extension of maturity', 'MAND', 'information'),
  EXWA: row('warrant exercise', 'VOLU', 'exercise', 6),
  INCR: row('increase of face value', 'MAND', 'restate'),
  INFO: row('information', 'MAND', 'information'),
  INTR: row('interest payment', 'MAND', 'cash'),
  LIQU: row('liquidation payment', 'MAND', 'redemption'),
  MCAL: row('full call', 'MAND', 'redemption', 2),
  MRGR: row('merger', 'MAND', 'exchange'),
  NOOF: row('offer by a third party', 'VOLU', 'offer', 6),
  ODLT: row('odd-lot sale or purchase', 'VOLU', 'offer', 6),
  OTHR: row('other event', 'MAND', 'information'),
  PARI: row('pari passu', 'MAND', 'exchange'),
  PCAL: row('partial redemption of nominal', 'MAND', 'redemption', 2),
  PDEF: row('pre-funding', 'MAND', 'detach', 2),
  PINK: row('payment in kind', 'MAND', 'stock'),
  PLAC: row('change of place of incorporation', 'MAND', 'identity'),
  PPMT: row('instalment call', 'MAND', 'instalment'),
  PRED: row('partial redemption by pool factor', 'MAND', 'redemption', 2),
  PRIO: row('priority issue', 'VOLU', 'exercise', 6),
  REDM: row('final maturity', 'MAND', 'redemption', 2),
  REDO: row('redenomination', 'MAND', 'restate'),
  REMK: row('remarketing', 'VOLU', 'offer', 6),
  RHDI: row('distribution of intermediate securities', 'MAND', 'detach'),
  RHTS: row('rights issue', 'CHOS', 'exercise', 6),
  SHPR: row('share premium dividend', 'MAND', 'cash'),
  SMAL: row('smallest negotiable unit', 'MAND', 'information'),
  SOFF: row('spin-off', 'MAND', 'detach'),
  SPLF: row('forward split', 'MAND', 'restate'),
  SPLR: row('reverse split', 'MAND', 'restate'),
  SUSP: row('trading suspended', 'MAND', 'information'),
  TEND: row('tender offer', 'VOLU', 'offer', 6),
  TNDP: row('tax on proceeds not distributed', 'MAND', 'cash'),
  TREC: row('tax reclaim', 'VOLU', 'settlement'),
  WRTH: row('worthless', 'MAND', 'worthless', 6),
  WTRC: row('withholding tax relief certification', 'VOLU', 'information'),
} as const satisfies Readonly<Record<string, ActionCode>>

export type Caev = keyof typeof ACTION_CODES

/** What the table says of a code; null for one it does not have. */
export function actionCode(caev: string): ActionCode | null {
  return Object.hasOwn(ACTION_CODES, caev) ? ACTION_CODES[caev as Caev] : null
}
