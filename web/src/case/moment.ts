// German local time and instants. Pure.

const ZONE = 'Europe/Berlin';

/** How far German time is ahead of UTC at an instant, in milliseconds. */
function offsetAt(utc: number): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: ZONE,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(utc);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(
    get('year'),
    get('month') - 1,
    get('day'),
    get('hour'),
    get('minute'),
    get('second'),
  );
  return local - utc;
}

/** The instant of a German local time `2026-03-02T09:00`; null when it is none. Of a doubled hour the first counts. */
export function instantOf(local: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return null;
  const wanted = Date.parse(`${local}:00Z`);
  if (Number.isNaN(wanted)) return null;
  const guess = wanted - offsetAt(wanted - 7_200_000);
  return new Date(guess).toISOString();
}
