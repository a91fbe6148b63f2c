// Which months a period has. Pure.

export const PERIODS = ['year', 'quarter', 'month', 'thisYear', 'lastYear', 'five'] as const;
export type Period = (typeof PERIODS)[number];

/** A day of the first and a day of the last month, as seen from a day. */
export function monthsOf(period: Period, today: string): { from: string; until: string } {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7));
  switch (period) {
    case 'year':
      return { from: monthDay(year, month - 11), until: monthDay(year, month) };
    case 'quarter':
      return { from: monthDay(year, month - 2), until: monthDay(year, month) };
    case 'month':
      return { from: monthDay(year, month), until: monthDay(year, month) };
    case 'thisYear':
      return { from: monthDay(year, 1), until: monthDay(year, month) };
    case 'lastYear':
      return { from: monthDay(year - 1, 1), until: monthDay(year - 1, 12) };
    case 'five':
      return { from: monthDay(year, month - 59), until: monthDay(year, month) };
  }
}

/** The first day of a month, which is counted on from 1; 0 is December of the year before. */
function monthDay(year: number, month: number): string {
  const months = year * 12 + month - 1;
  const [full, rest] = [Math.floor(months / 12), (months % 12) + 1];
  return `${String(full).padStart(4, '0')}-${String(rest).padStart(2, '0')}-01`;
}
