// Holiday calendars computed from rules: the reference editions others publish, by country, for reproducing their figures.
import { type Calendar, type CalendarKind, madeCalendar } from '../calendar.ts'
import { type PlainDate, plainDate, yearOf } from '../date.ts'
import { BRAZIL, US } from './american.ts'
import { MALAYSIA, MOSCOW, MOSCOW_OPENED, SHANGHAI, UZBEKISTAN } from './asian.ts'
import {
  CROATIA,
  DENMARK,
  ENGLAND,
  GERMANY,
  MILAN,
  MONTENEGRO,
  NORTH_MACEDONIA,
  SERBIA,
  SLOVENIA,
  TARGET,
} from './european.ts'
import { KOREA } from './korean.ts'
import { isWeekend, type Rule } from './rule.ts'
import { NEW_ZEALAND_BY_PROVINCE, SOUTH_AFRICA } from './southern.ts'

interface Kept {
  readonly id: string
  readonly kind: CalendarKind
  readonly name: string
  readonly source: string
  /** First and last year. */
  readonly years: readonly [number, number]
  readonly rules: readonly Rule[]
  /** Weekend days that are business days. */
  readonly opened?: readonly string[]
}

const LATEST = 2050
const AS_PUBLISHED = 'as QuantLib publishes it (edition of 2026-08)'

function kept(
  id: string,
  kind: CalendarKind,
  name: string,
  from: number,
  to: number,
  rules: readonly Rule[],
  source: string = AS_PUBLISHED,
): Kept {
  return {
    id,
    kind,
    name,
    source: source === AS_PUBLISHED ? AS_PUBLISHED : `${source}; ${AS_PUBLISHED}`,
    years: [from, to],
    rules,
  }
}

const KEPT: readonly Kept[] = [
  kept('US-SETTLEMENT', 'settlement', 'United States, federal holidays', 1954, LATEST, US.settlement, '5 USC 6103'),
  kept('US-GOVT', 'trading', 'United States, government bonds', 1984, LATEST, US.treasuries, 'SIFMA recommendations'),
  kept('US-NYSE', 'trading', 'New York Stock Exchange', 1954, LATEST, US.newYork, 'NYSE rule 7.2 and special closings'),
  kept(
    'US-FED',
    'currency',
    'Federal Reserve Banks',
    1984,
    LATEST,
    US.reserveBanks,
    'Federal Reserve holiday schedule',
  ),
  kept('US-SOFR', 'currency', 'United States, SOFR fixings', 2016, LATEST, US.sofr, 'Federal Reserve Bank of New York'),
  kept('EU-TARGET', 'settlement', 'TARGET', 1999, LATEST, TARGET, 'ECB closing days'),
  kept('GB-SETTLEMENT', 'settlement', 'United Kingdom', 1978, LATEST, ENGLAND, 'bank holidays in England and Wales'),
  kept('GB-EXCHANGE', 'trading', 'London Stock Exchange', 1978, LATEST, ENGLAND, 'bank holidays in England and Wales'),
  kept('GB-METALS', 'trading', 'London Metal Exchange', 1978, LATEST, ENGLAND, 'bank holidays in England and Wales'),
  kept('DE-FRANKFURT', 'trading', 'Frankfurt Stock Exchange', 2002, LATEST, GERMANY.frankfurt),
  kept('DE-XETRA', 'trading', 'Xetra, open on 31 December', 2002, LATEST, GERMANY.frankfurt),
  kept('DE-EUREX', 'trading', 'Eurex', 2002, LATEST, GERMANY.eurex),
  kept('IT-EXCHANGE', 'trading', 'Borsa Italiana', 2002, LATEST, MILAN),
  kept('DK', 'settlement', 'Denmark', 2002, LATEST, DENMARK),
  kept('ME', 'settlement', 'Montenegro', 2026, 2030, MONTENEGRO),
  kept('MK', 'settlement', 'North Macedonia', 2026, 2027, NORTH_MACEDONIA, 'feasts of Islam by the tabular calendar'),
  kept('RS', 'settlement', 'Serbia', 2026, 2030, SERBIA, 'Easter of the western churches'),
  kept('SI', 'trading', 'Ljubljana Stock Exchange', 2026, 2030, SLOVENIA),
  kept('HR', 'trading', 'Zagreb Stock Exchange', 2026, 2030, CROATIA),
  { ...kept('RU-MOEX', 'trading', 'Moscow Exchange', 2012, 2016, MOSCOW, 'yearly notices'), opened: MOSCOW_OPENED },
  kept('BR-SETTLEMENT', 'settlement', 'Brazil', 2000, LATEST, BRAZIL, 'Anbima national holidays'),
  kept(
    'KR-SETTLEMENT',
    'settlement',
    'South Korea',
    2004,
    LATEST,
    KOREA.settlement,
    'without the election of 2025-06-03',
  ),
  kept('KR-KRX', 'trading', 'Korea Exchange', 2004, LATEST, KOREA.published, 'without the election of 2025-06-03'),
  {
    ...kept('XKRX', 'trading', 'Korea Exchange', 2004, 2030, KOREA.exchange),
    source: 'Regulations on Holidays of Government Offices and notices of the exchange',
  },
  kept('CN-SSE', 'trading', 'Shanghai Stock Exchange', 2014, 2026, SHANGHAI, 'notices of the State Council'),
  kept('MY', 'settlement', 'Malaysia', 2024, 2025, MALAYSIA, 'gazetted holidays of Kuala Lumpur'),
  kept('UZ', 'settlement', 'Uzbekistan', 2026, 2027, UZBEKISTAN, 'feasts of Islam by the tabular calendar'),
  kept(
    'NZ-AUCKLAND',
    'settlement',
    'New Zealand, Auckland',
    2002,
    2037,
    NEW_ZEALAND_BY_PROVINCE.auckland,
    'Holidays Act 2003',
  ),
  kept(
    'NZ-WELLINGTON',
    'settlement',
    'New Zealand, Wellington',
    2002,
    2037,
    NEW_ZEALAND_BY_PROVINCE.wellington,
    'Holidays Act 2003',
  ),
  kept('ZA', 'settlement', 'South Africa', 1995, LATEST, SOUTH_AFRICA, 'Public Holidays Act 1994'),
]

/** Weekday closures of the years in order, the first reason given for a day. */
function closuresOf({ years: [from, to], rules }: Kept): Map<PlainDate, string> {
  const found = new Map<PlainDate, string>()
  for (let year = from; year <= to; year++)
    for (const rule of rules)
      for (const { date, why } of rule(year))
        if (!isWeekend(date) && !found.has(date) && yearOf(date) >= from && yearOf(date) <= to) found.set(date, why)
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A calendar whose days are worked out when first asked for: nobody pays for the ones they do not use. */
function lazily(one: Kept): Calendar {
  const { id, kind, name, source, years, opened = [] } = one
  const from = plainDate(`${years[0]}-01-01`)
  const to = plainDate(`${years[1]}-12-31`)
  let made: Calendar | undefined
  const days = () => {
    made ??= madeCalendar({
      id,
      kind,
      name,
      source,
      from,
      to,
      closures: closuresOf(one),
      opened: opened.map(plainDate),
    })
    return made
  }
  return {
    id,
    kind,
    name,
    source,
    from,
    to,
    get closures() {
      return days().closures
    },
    get open() {
      return days().open
    },
  }
}

/** The calendars computed from rules. */
export const REFERENCE_CALENDARS: readonly Calendar[] = KEPT.map(lazily)
