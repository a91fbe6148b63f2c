import { expect, test } from 'vitest';

import { ApiProblem } from './problem';
import { sender } from './use-command';

const lost = new ApiProblem(0, {});
const refused = new ApiProblem(409, {});
const broken = new ApiProblem(500, {});

/** The ids that go out when these inputs are sent one after the other, each with its answer. */
async function sent(...asked: [input: string, answer: Error | null][]): Promise<string[]> {
  let number = 0;
  const send = sender<null, string>(() => String(++number));
  const ids: string[] = [];
  for (const [input, answer] of asked) {
    const run = (command: string) => {
      ids.push(command);
      return answer === null ? Promise.resolve(null) : Promise.reject(answer);
    };
    await send(run, input).catch((error: unknown) => expect(error).toBe(answer));
  }
  return ids;
}

test.each<[string, [string, Error | null][], string[]]>([
  [
    'each success ends a command',
    [
      ['a', null],
      ['a', null],
    ],
    ['1', '2'],
  ],
  [
    'after a lost answer it is the same one',
    [
      ['a', lost],
      ['a', broken],
      ['a', null],
      ['a', null],
    ],
    ['1', '1', '1', '2'],
  ],
  [
    'after a refusal it is another one',
    [
      ['a', refused],
      ['a', null],
    ],
    ['1', '2'],
  ],
  [
    'another input is another one',
    [
      ['a', lost],
      ['b', null],
    ],
    ['1', '2'],
  ],
])('%s', async (_, asked, ids) => {
  expect(await sent(...asked)).toEqual(ids);
});
