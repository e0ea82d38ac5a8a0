// The code of a currency, as options name it.

/** An ISO 4217 code or a unit added to the table, such as `EUR`. */
export type CurrencyCode = string & {}
