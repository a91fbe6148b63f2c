// Whether the clock of the server can be right, held against when something was stored last. Pure.

const MINUTE = 60_000;
/** A clock that is behind by less may only be one of another server. */
const BEHIND = MINUTE;
/** So long nothing may have been stored without anybody wondering. */
const AHEAD = 60 * MINUTE;

/** `last`: an instant; `now`: milliseconds on the clock of the server. */
export function clockOf(last: string, now: number): 'behind' | 'ahead' | null {
  const ahead = now - Date.parse(last);
  if (-ahead > BEHIND) return 'behind';
  return ahead > AHEAD ? 'ahead' : null;
}
