// Files as the server takes them, and lists that are fetched piece by piece.

/** The bytes of a file in base64. */
export async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // Too many arguments at once are refused.
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(text);
}

/** So many cases are asked for at once. */
const PIECE = 100;

/** All cases of a run, piece by piece; told how many there are so far. */
export async function inPieces<T>(
  count: number,
  fetchPiece: (from: number, limit: number) => Promise<{ items: T[] }>,
  told: (done: number) => void,
): Promise<T[]> {
  const all: T[] = [];
  for (let from = 1; from <= count; from += PIECE) {
    const { items } = await fetchPiece(from, PIECE);
    all.push(...items);
    told(Math.min(count, from + PIECE - 1));
  }
  return all;
}
