import { expect, test } from 'vitest';

import { ApiProblem } from '../api/problem';
import { Pieces } from './pieces';

const lost = new ApiProblem(0, {});
const refused = new ApiProblem(422, {});

/** What is answered to each piece, turn and turn about; `stop`: somebody stops it while the piece is under way. */
type Answer = 'done' | 'trouble' | 'stop' | 'stop and fail' | ApiProblem;

/** What goes out (the command, the first case, how many), what is told, and what each try comes to. */
async function check(cases: number, tries: Answer[][]) {
  let command = 0;
  const pieces = new Pieces<string>(
    Array.from({ length: cases }, (_, index) => `case ${index}`),
    () => String(++command),
  );
  const [sent, told, came]: [string[], number[], unknown[]] = [[], [], []];
  for (const answers of tries) {
    const send = (id: string, some: string[]) => {
      sent.push(`${id}: ${some[0] ?? ''} +${some.length - 1}`);
      const answer = answers.shift() ?? 'done';
      if (answer instanceof ApiProblem) return Promise.reject(answer);
      if (answer === 'stop' || answer === 'stop and fail') pieces.stop();
      if (answer === 'stop and fail') return Promise.reject(lost);
      return Promise.resolve(
        answer === 'trouble'
          ? { done: some.length - 1, troubles: [some[0] ?? ''] }
          : { done: some.length, troubles: [] },
      );
    };
    came.push(await pieces.run(send, (count) => told.push(count)).catch((error: unknown) => error));
  }
  return { sent, told, came };
}

test.each<[string, number, Answer[][], Awaited<ReturnType<typeof check>>]>([
  ['none', 0, [[]], { sent: [], told: [], came: [{ done: 0, troubles: [], left: 0 }] }],
  [
    'each piece is a command of its own, none is left out',
    101,
    [['done', 'trouble', 'done']],
    {
      sent: ['1: case 0 +49', '2: case 50 +49', '3: case 100 +0'],
      told: [50, 100, 101],
      came: [{ done: 100, troubles: ['case 50'], left: 0 }],
    },
  ],
  [
    'nothing is sent behind the piece that was under way when it was stopped',
    150,
    [['done', 'stop']],
    {
      sent: ['1: case 0 +49', '2: case 50 +49'],
      told: [50, 100],
      came: [{ done: 100, troubles: [], left: 50 }],
    },
  ],
  [
    'stopped before the first answer, which does not come',
    60,
    [['stop and fail']],
    { sent: ['1: case 0 +49'], told: [], came: [{ done: 0, troubles: [], left: 60, error: lost }] },
  ],
  [
    'as long as nothing is done it is tried again, as the same command when nobody knows',
    50,
    [[lost], [lost], [refused], ['done']],
    {
      sent: ['1: case 0 +49', '1: case 0 +49', '1: case 0 +49', '2: case 0 +49'],
      told: [50],
      came: [lost, lost, refused, { done: 50, troubles: [], left: 0 }],
    },
  ],
  [
    'what is done is told when something goes wrong behind it',
    120,
    [['trouble', lost]],
    {
      sent: ['1: case 0 +49', '2: case 50 +49'],
      told: [50],
      came: [{ done: 49, troubles: ['case 0'], left: 70, error: lost }],
    },
  ],
])('%s', async (_, cases, tries, expected) => {
  expect(await check(cases, tries)).toEqual(expected);
});
