import { describe, expect, it } from 'vitest';

import { de } from '../../texts/de';
import { demandsOf, findFlaws, isBlank } from './check';
import { flawsFrom } from './misfits';
import { type Field, readFields } from './profile';
import { beginWith, compact, controlId, toSend, withoutClosed } from './values';

const schema = {
  type: 'object',
  required: ['name', 'day', 'people', 'agreed'],
  properties: {
    name: { type: 'string', title: 'Name', minLength: 2, maxLength: 5, 'x-list': true },
    text: { type: 'string', title: 'Text', 'x-format': 'lines', description: 'Hilfe' },
    day: { type: 'string', title: 'Tag', format: 'date' },
    time: { type: 'string', title: 'Zeit', 'x-format': 'time', pattern: '^x$' },
    mail: { type: 'string', title: 'E-Mail', format: 'email', maxLength: 10 },
    zip: { type: 'string', title: 'PLZ', pattern: '^[0-9]{5}$' },
    odd: { type: 'string', title: 'Muster', pattern: '(?i)x' },
    period: { type: 'string', title: 'Dauer', 'x-format': 'period' },
    fee: { type: 'integer', title: 'Gebühr', 'x-format': 'money', minimum: 0, maximum: 10000, default: 3000 },
    count: { type: 'integer', title: 'Anzahl', minimum: 1, maximum: 3 },
    agreed: { type: 'boolean', title: 'Einverstanden' },
    kind: { type: 'string', title: 'Art', enum: ['a', 'b'], 'x-titles': { a: 'Erstes' } },
    parts: { type: 'array', title: 'Teile', items: { type: 'string', enum: ['x', 'y'], 'x-titles': {} } },
    people: {
      type: 'array',
      title: 'Beteiligte',
      maxItems: 2,
      items: { type: 'object', required: ['role'], properties: { role: { type: 'string', title: 'Rolle' } } },
    },
    address: {
      type: 'object',
      title: 'Anschrift',
      required: ['town'],
      properties: { town: { type: 'string', title: 'Ort' } },
    },
    title: { type: 'object', title: 'Titel', 'x-format': 'words' },
    strange: { title: 'Seltsam', anyOf: [] },
  },
};
const fields = readFields(schema);

describe('profile', () => {
  it('reads every kind of field in order', () => {
    expect(fields.map((field) => `${field.name}:${field.shape.kind}`)).toEqual([
      'name:line',
      'text:lines',
      'day:date',
      'time:time',
      'mail:email',
      'zip:line',
      'odd:line',
      'period:period',
      'fee:money',
      'count:integer',
      'agreed:boolean',
      'kind:choice',
      'parts:choices',
      'people:list',
      'address:object',
      'title:words',
      'strange:unknown',
    ]);
  });

  it('reads all of a field', () => {
    const expected: Field = {
      name: 'name',
      title: 'Name',
      help: null,
      required: true,
      list: true,
      fallback: undefined,
      shape: { kind: 'line', min: 2, max: 5, pattern: null },
    };
    expect(fields[0]).toEqual(expected);
  });

  it('falls back to ids where titles are missing', () => {
    expect(fields.find((field) => field.name === 'kind')?.shape).toEqual({
      kind: 'choice',
      options: [
        { id: 'a', title: 'Erstes' },
        { id: 'b', title: 'b' },
      ],
    });
  });

  const broken: unknown[] = [null, 7, 'x', [], {}, { properties: null }, { properties: { a: 5 } }];
  for (const each of broken) {
    it(`does not stumble over ${JSON.stringify(each)}`, () => {
      expect(readFields(each).map((field) => field.shape.kind)).toEqual(
        JSON.stringify(each) === '{"properties":{"a":5}}' ? ['unknown'] : [],
      );
    });
  }

  it('stops at schemas nested without end', () => {
    const endless: Record<string, unknown> = { type: 'object', properties: {} };
    endless.properties = { again: endless };
    expect(JSON.stringify(readFields(endless)).length).toBeLessThan(10_000);
  });
});

describe('lists that need entries', () => {
  const list = readFields({
    type: 'object',
    required: ['trees'],
    properties: {
      trees: { type: 'array', title: 'Bäume', minItems: 2, items: { type: 'string', title: 'Baum' } },
    },
  });
  const speech = { t: de, language: 'de' as const };
  for (const [values, flaws] of [
    [{}, [de.form.tooFew(2)]],
    [{ trees: [] }, [de.form.tooFew(2)]],
    [{ trees: ['Linde'] }, [de.form.tooFew(2)]],
    [{ trees: ['Linde', 'Eiche'] }, []],
  ] as const) {
    it(JSON.stringify(values), () => {
      const found = findFlaws(list, values, demandsOf(list), speech);
      expect(found.map((flaw) => flaw.message)).toEqual(flaws);
    });
  }
});

describe('flaws', () => {
  const good = { name: 'Jan', day: '2026-03-02', people: [], agreed: false };
  const speech = { t: de, language: 'de' as const };
  const check = (name: string, change: Record<string, unknown>, expected: Record<string, string>) =>
    it(name, () => {
      const flaws = findFlaws(fields, { ...good, ...change }, demandsOf(fields), speech);
      expect(
        Object.fromEntries(flaws.map((flaw) => [flaw.at, flaw.message.replace(/\u00a0/g, ' ')])),
      ).toEqual(expected);
    });
  check('nothing wrong', {}, {});
  check('missing', { name: '  ', day: null }, { '/name': de.form.required, '/day': de.form.required });
  check('an empty list is an answer', { people: [] }, {});
  check('too long and too short', { name: 'Johannes' }, { '/name': 'Höchstens 5 Zeichen.' });
  check('too short', { name: 'J' }, { '/name': 'Mindestens 2 Zeichen.' });
  check('no day', { day: '2026-02-30' }, { '/day': de.form.noDate(30, 'Februar 2026', 28) });
  check('no time', { time: '24:00' }, { '/time': de.form.notTime });
  check('a time', { time: '18:30' }, {});
  check('no e-mail', { mail: 'jan' }, { '/mail': de.form.notEmail });
  check('e-mail too long', { mail: 'jan@example.org' }, { '/mail': 'Höchstens 10 Zeichen.' });
  check('pattern', { zip: '123' }, { '/zip': de.form.notDigits(5) });
  check('a pattern that the browser does not know is left to the server', { odd: 'y' }, {});
  check('no period', { period: 'bald' }, { '/period': de.form.notPeriod });
  check('periods', { period: '5 working days' }, {});
  check('periods in German', { period: '3 Wochen' }, {});
  check('periods of no length', { period: '0 Wochen' }, { '/period': de.form.notPeriod });
  check('no amount', { fee: 'zehn' }, { '/fee': de.form.notMoney });
  check('amount too large', { fee: 10001 }, { '/fee': 'Höchstens 100,00 €.' });
  check('no number', { count: '1.5' }, { '/count': de.form.notNumber });
  check('number too small', { count: 0 }, { '/count': 'Mindestens 1.' });
  check('inside a list', { people: [{ role: 'x' }, { role: '' }] }, { '/people/1/role': de.form.required });
  check('inside an object', { address: { town: '' } }, { '/address/town': de.form.required });

  it('asks what the server asks, not what the schema does', () => {
    const demands = { required: new Set(['text']), hidden: new Set(['day']), closed: {} };
    const flaws = findFlaws(fields, { day: 'x' }, demands, speech);
    expect(flaws).toEqual([{ at: '/text', title: 'Text', message: de.form.required }]);
  });

  const closed: [string, Record<string, string[]>, string, string][] = [
    ['at the field that closes all options', { kind: ['day'] }, '/day', de.form.closes('Art')],
    ['at the choice when nobody knows what closes them', {}, '/kind', de.form.noneOpen],
  ];
  for (const [name, closedBy, at, message] of closed)
    it(`says ${name} that nothing can be chosen`, () => {
      const demands = {
        required: new Set(['kind']),
        hidden: new Set<string>(),
        closed: { kind: ['a', 'b'] },
        closedBy,
      };
      const flaws = findFlaws(fields, { day: '2030-01-01' }, demands, speech);
      expect(flaws.map((flaw) => [flaw.at, flaw.message])).toEqual([[at, message]]);
    });
});

describe('values', () => {
  it('begin with what is proposed, else the default', () => {
    expect(beginWith(fields, { name: 'Jan', fee: 0 })).toEqual({
      name: 'Jan',
      fee: 0,
      agreed: false,
      people: [],
    });
  });

  it('are sent as they were seen: hidden ones not, emptied proposals as null', () => {
    const sent = toSend(
      fields,
      { name: 'Jan', text: '', day: '2026-03-02', kind: '', parts: [] },
      new Set(['day']),
      {
        kind: 'a',
      },
    );
    expect(sent).toEqual({ name: 'Jan', kind: null, parts: [] });
  });

  it('hold no option that is closed', () => {
    const closed = { kind: ['a'], other: ['b'] };
    expect(withoutClosed({ kind: 'a', name: 'a', other: 'c' }, closed)).toEqual({ name: 'a', other: 'c' });
  });

  it('lose what is empty when a case begins', () => {
    expect(compact({ a: '', b: 0, c: false, d: null, e: { f: ' ', g: 1 }, h: [] })).toEqual({
      b: 0,
      c: false,
      e: { g: 1 },
      h: [],
    });
  });

  const blank: [unknown, boolean][] = [
    [undefined, true],
    [null, true],
    [' ', true],
    [[], true],
    [0, false],
    [false, false],
    [{}, false],
  ];
  for (const [value, expected] of blank)
    it(`blank: ${JSON.stringify(value)}`, () => expect(isBlank(value)).toBe(expected));

  it('have controls with an id each', () => {
    expect(controlId('task', '/people/1/role')).toBe('task-people-1-role');
  });
});

describe('misfits of the server', () => {
  const message = { de: 'Das passt nicht.', en: 'This does not fit.' };
  const cases: [string, string][] = [
    ['/name', 'Name'],
    ['/people/1/role', 'Rolle'],
    ['/people', 'Beteiligte'],
    ['/address/town', 'Ort'],
    ['/unbekannt', 'unbekannt'],
    ['', ''],
  ];
  for (const [at, title] of cases) {
    it(at === '' ? 'the whole' : at, () => {
      expect(flawsFrom([{ at, code: 'x', message }], fields, (text) => text.de)).toEqual([
        { at, title, message: message.de },
      ]);
    });
  }
});
