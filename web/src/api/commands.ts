// What is asked for: one function a command. A command id makes a repeated request harmless.
import { api, idempotent, take } from './client';
import type {
  Assignment,
  AuthorityProfile,
  Files,
  HousePolicy,
  LegalRowAhead,
  NewLegalRow,
  KeepingRequest,
  RetentionPeriod,
  RunToPlan,
  Text,
  Values,
} from './shapes';

const path = <T>(values: T) => ({ params: { path: values } });

export const logIn = (body: { tenant: string; person: string; password: string }) =>
  take(api.POST('/session', { body }), true);

export const logOut = () => take(api.DELETE('/session'));

export const changePassword = (body: { old: string; new: string }) =>
  take(api.POST('/session/password', { body }));

export const claimTask = (id: string) => take(api.POST('/tasks/{id}/claim', path({ id })));

export const releaseTask = (id: string) => take(api.POST('/tasks/{id}/release', path({ id })));

export const delegateTask = (id: string, to: string) =>
  take(api.POST('/tasks/{id}/delegate', { ...path({ id }), body: { to } }));

/** Which fields a form shows and needs, given these entries. Changes nothing. */
export const lookAtForm = (id: string, values: Values) =>
  take(api.POST('/tasks/{id}/look', { ...path({ id }), body: { values } }));

/** `shown`: of letters that are signed by it, those that were looked at. */
export const completeTask = (
  id: string,
  command: string,
  sent: { values: Values; seen: number; shown: string | null },
) =>
  take(
    api.POST('/tasks/{id}/complete', {
      ...path({ id }),
      ...idempotent(command),
      body: { ...sent, follow: true },
    }),
  );

/** The letters that would come of it. Changes nothing. */
export const previewTask = (id: string, values: Values) =>
  take(api.POST('/tasks/{id}/preview', { ...path({ id }), body: { values } }));

/** Letters of the outgoing post as one PDF. Changes nothing. */
export const printPost = (letters: { case: string; document: number }[]) =>
  take(api.POST('/post/print', { body: { letters } }));

export const startCase = (
  command: string,
  body: { process: string; channel?: string; data: Values; received_on?: string },
) => take(api.POST('/cases', { ...idempotent(command), body }));

export const addNote = (id: string, command: string, text: string) =>
  take(api.POST('/cases/{id}/notes', { ...path({ id }), ...idempotent(command), body: { text } }));

export function addDocument(
  id: string,
  command: string,
  file: File,
  about: { title: string; direction: string; received_on?: string },
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(about)) form.append(name, value);
  form.append('file', file);
  return take(
    api.POST('/cases/{id}/documents', {
      ...path({ id }),
      ...idempotent(command),
      body: { file: '', ...about },
      // The schema describes the fields; what is sent is the form that holds them.
      bodySerializer: () => form,
    }),
  );
}

/** What is known of an item of the incoming post. */
export type ItemSaid = {
  subject: string;
  sender: string;
  email: string;
  received_on: string;
};

/** What came in, with its files. */
export function registerItem(
  command: string,
  files: File[],
  about: ItemSaid & { paper: string; channel: string },
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(about)) if (value !== '') form.append(name, value);
  for (const file of files) form.append('file', file);
  return take(
    api.POST('/incoming', {
      ...idempotent(command),
      body: { file: [], ...about },
      // The schema describes the fields; what is sent is the form that holds them.
      bodySerializer: () => form,
    }),
  );
}

export const changeItem = (id: string, command: string, body: ItemSaid & { reason: string; seen: number }) =>
  take(api.PUT('/incoming/{id}', { ...path({ id }), ...idempotent(command), body }));

export const assignItem = (id: string, command: string, body: Assignment) =>
  take(api.POST('/incoming/{id}/assign', { ...path({ id }), ...idempotent(command), body }));

export const beginWithItem = (
  id: string,
  command: string,
  body: { process: string; data: Values; reason: string },
) => take(api.POST('/incoming/{id}/begin', { ...path({ id }), ...idempotent(command), body }));

export const splitItem = (
  id: string,
  command: string,
  body: { documents: number[]; subject: string; reason: string },
) => take(api.POST('/incoming/{id}/split', { ...path({ id }), ...idempotent(command), body }));

export const joinItems = (id: string, command: string, body: { into: string; reason: string }) =>
  take(api.POST('/incoming/{id}/join', { ...path({ id }), ...idempotent(command), body }));

/** It was assigned to this case by mistake, and waits in the incoming post again. */
export const giveItemBack = (id: string, item: string, command: string, reason: string) =>
  take(
    api.POST('/cases/{id}/items/{item}/give-back', {
      ...path({ id, item }),
      ...idempotent(command),
      body: { reason },
    }),
  );

export const placePaper = (id: string, n: number, command: string, place: string) =>
  take(
    api.PUT('/cases/{id}/documents/{n}/paper', {
      ...path({ id, n }),
      ...idempotent(command),
      body: { place },
    }),
  );

/** Takes a document out of the file; with `to` it goes to that case. */
export const takeOutDocument = (
  id: string,
  n: number,
  command: string,
  body: { to?: string; reason: string },
) =>
  take(api.POST('/cases/{id}/documents/{n}/take-out', { ...path({ id, n }), ...idempotent(command), body }));

/** When and how a letter left. */
export interface DispatchSaid {
  on: string;
  way: string;
  received_on?: string;
}

export const recordDispatch = (id: string, n: number, command: string, body: DispatchSaid) =>
  take(api.POST('/cases/{id}/documents/{n}/dispatch', { ...path({ id, n }), ...idempotent(command), body }));

/** In place of what was noted. */
export const correctDispatch = (
  id: string,
  n: number,
  command: string,
  body: DispatchSaid & { reason: string },
) =>
  take(api.PUT('/cases/{id}/documents/{n}/dispatch', { ...path({ id, n }), ...idempotent(command), body }));

/** When it would count as notified, and when the deadlines would end that run from it. Changes nothing. */
export const previewDispatch = (id: string, n: number, body: DispatchSaid) =>
  take(api.POST('/cases/{id}/documents/{n}/dispatch/preview', { ...path({ id, n }), body }));

/** It came back, or did not arrive otherwise. */
export const recordNotArrived = (id: string, n: number, command: string, reason: string) =>
  take(
    api.POST('/cases/{id}/documents/{n}/not-arrived', {
      ...path({ id, n }),
      ...idempotent(command),
      body: { reason },
    }),
  );

export const recordReceipt = (id: string, n: number, command: string, on: string) =>
  take(
    api.POST('/cases/{id}/documents/{n}/receipt', {
      ...path({ id, n }),
      ...idempotent(command),
      body: { on },
    }),
  );

export const recordMessage = (
  id: string,
  command: string,
  body: { name: string; payload: Values; received_on?: string },
) => take(api.POST('/cases/{id}/messages', { ...path({ id }), ...idempotent(command), body }));

/** Begins a step of an ad-hoc group. */
export const startStep = (id: string, command: string, step: string) =>
  take(api.POST('/tasks/{id}/steps', { ...path({ id }), ...idempotent(command), body: { step } }));

export const takeBackTask = (id: string, command: string, reason: string) =>
  take(api.POST('/tasks/{id}/take-back', { ...path({ id }), ...idempotent(command), body: { reason } }));

export const triggerByHand = (id: string, instance: number, name: string, command: string, reason: string) =>
  take(
    api.POST('/cases/{id}/triggers/{instance}/{name}', {
      ...path({ id, instance, name }),
      ...idempotent(command),
      body: { reason },
    }),
  );

interface PartyData {
  kind: string;
  name: string;
  address: string[];
  email?: string;
  represents: number[];
}

export const addParty = (id: string, command: string, body: PartyData) =>
  take(api.POST('/cases/{id}/parties', { ...path({ id }), ...idempotent(command), body }));

export const changeParty = (
  id: string,
  n: number,
  command: string,
  body: { party: PartyData; reason: string },
) => take(api.POST('/cases/{id}/parties/{n}/change', { ...path({ id, n }), ...idempotent(command), body }));

export const removeParty = (id: string, n: number, command: string, reason: string) =>
  take(
    api.POST('/cases/{id}/parties/{n}/remove', {
      ...path({ id, n }),
      ...idempotent(command),
      body: { reason },
    }),
  );

export const recordRemedy = (
  id: string,
  n: number,
  command: string,
  body: { party: number; kind: 'objection' | 'action'; received_on: string },
) => take(api.POST('/cases/{id}/acts/{n}/remedies', { ...path({ id, n }), ...idempotent(command), body }));

interface LetterAnew {
  party: number;
  document: number;
  reason: string;
}

export const sendAnew = (id: string, n: number, command: string, body: LetterAnew) =>
  take(api.POST('/cases/{id}/acts/{n}/letters', { ...path({ id, n }), ...idempotent(command), body }));

export const previewAnew = (id: string, n: number, body: LetterAnew) =>
  take(api.POST('/cases/{id}/acts/{n}/letters/preview', { ...path({ id, n }), body }));

interface ActCorrection {
  wrong: string;
  right: string;
  reason: string;
  begins_anew: boolean;
}

export const correctAct = (id: string, n: number, command: string, body: ActCorrection) =>
  take(api.POST('/cases/{id}/acts/{n}/correct', { ...path({ id, n }), ...idempotent(command), body }));

export const previewCorrection = (id: string, n: number, body: ActCorrection) =>
  take(api.POST('/cases/{id}/acts/{n}/correct/preview', { ...path({ id, n }), body }));

export const giveUp = (id: string, instance: number, command: string, reason: string) =>
  take(
    api.POST('/cases/{id}/steps/{instance}/give-up', {
      ...path({ id, instance }),
      ...idempotent(command),
      body: { reason },
    }),
  );

export const skipStep = (
  id: string,
  instance: number,
  command: string,
  body: { outcome?: string; reason: string },
) =>
  take(
    api.POST('/cases/{id}/steps/{instance}/skip', {
      ...path({ id, instance }),
      ...idempotent(command),
      body,
    }),
  );

export const moveStep = (
  id: string,
  instance: number,
  command: string,
  body: { to: string; reason: string },
) =>
  take(
    api.POST('/cases/{id}/steps/{instance}/move', {
      ...path({ id, instance }),
      ...idempotent(command),
      body,
    }),
  );

export const changeData = (
  id: string,
  command: string,
  body: { fields: Values; received_on?: string; seen: number; reason: string },
) => take(api.POST('/cases/{id}/data', { ...path({ id }), ...idempotent(command), body }));

export const endCase = (id: string, command: string, body: { outcome?: string; reason: string }) =>
  take(api.POST('/cases/{id}/end', { ...path({ id }), ...idempotent(command), body }));

export const retryIncident = (id: string, n: number, command: string) =>
  take(api.POST('/cases/{id}/incidents/{n}/retry', { ...path({ id, n }), ...idempotent(command) }));

/** Lets a part go on in a case of its own. */
export const splitCase = (
  id: string,
  command: string,
  body: { data: Values; documents: number[]; reason: string },
) => take(api.POST('/cases/{id}/split', { ...path({ id }), ...idempotent(command), body }));

/** Ends the case; another one goes on for both. */
export const mergeCase = (id: string, command: string, body: { into: string; reason: string }) =>
  take(api.POST('/cases/{id}/merge', { ...path({ id }), ...idempotent(command), body }));

/** Asks somebody, or has the case come back on a day. */
export const giveErrand = (
  id: string,
  command: string,
  body: {
    kind: 'question' | 'resubmission';
    text: string;
    role?: string;
    person?: string;
    on?: string;
  },
) => take(api.POST('/cases/{id}/errands', { ...path({ id }), ...idempotent(command), body }));

export const withdrawErrand = (id: string, n: number, command: string) =>
  take(api.POST('/cases/{id}/errands/{n}/withdraw', { ...path({ id, n }), ...idempotent(command) }));

interface LetterText {
  addressee: string;
  sender: string;
  subject: string;
  body: string;
}

export const writeLetter = (id: string, command: string, body: LetterText) =>
  take(api.POST('/cases/{id}/letters', { ...path({ id }), ...idempotent(command), body }));

export const previewLetter = (id: string, body: LetterText) =>
  take(api.POST('/cases/{id}/letters/preview', { ...path({ id }), body }));

export const extendDeadline = (
  id: string,
  instance: number,
  name: string,
  command: string,
  body: { by?: string; until?: string; reason: string; norm?: string },
) =>
  take(
    api.POST('/cases/{id}/deadlines/{instance}/{name}/extend', {
      ...path({ id, instance, name }),
      ...idempotent(command),
      body,
    }),
  );

interface Reinstatement {
  act?: number | null;
  party?: number | null;
  step?: string | null;
  name?: string | null;
  obstacle_ended_on?: string;
  applied_on?: string;
  force_majeure?: boolean;
  until?: string;
  reason: string;
  norm?: string;
}

export const reinstate = (id: string, command: string, body: Reinstatement) =>
  take(api.POST('/cases/{id}/reinstatements', { ...path({ id }), ...idempotent(command), body }));

/** Says whether an act counts as granted by silence. */
export const ruleFiction = (
  id: string,
  command: string,
  body: { act: string; deemed: boolean; reason: string },
) => take(api.POST('/cases/{id}/fictions', { ...path({ id }), ...idempotent(command), body }));

interface DeadlineStop {
  deadlines: { instance: number; name: string }[];
  on: string;
  reason: string;
  norm?: string;
}

export const suspendDeadlines = (id: string, command: string, body: DeadlineStop) =>
  take(api.POST('/cases/{id}/deadlines/suspend', { ...path({ id }), ...idempotent(command), body }));

export const resumeDeadlines = (id: string, command: string, body: DeadlineStop) =>
  take(api.POST('/cases/{id}/deadlines/resume', { ...path({ id }), ...idempotent(command), body }));

export const checkFiles = (files: Files) => take(api.POST('/processes/check', { body: { files } }));

export const deployFiles = (command: string, files: Files, reason: string | undefined) =>
  take(api.POST('/processes/deploy', { ...idempotent(command), body: { files, reason } }));

/** Saves settings, unless they are no longer those with this tag. */
export const saveSettings = (id: string, values: Values, tag: string | null) =>
  take(
    api.PUT('/processes/{id}/settings', {
      params: { path: { id }, header: tag === null ? {} : { 'If-Match': tag } },
      body: { values },
    }),
  );

export const installBlock = (files: Files) => take(api.POST('/blocks', { body: { files } }));

/** Sends a file as it is: what is wrong with it the server says. */
export const installPackage = (text: string) =>
  take(api.POST('/packages', { body: {}, bodySerializer: () => text }));

export const trustPublisher = (command: string, key: string, name: string) =>
  take(api.PUT('/publishers/{key}', { ...idempotent(command), ...path({ key }), body: { name } }));

export const distrustPublisher = (key: string) => take(api.DELETE('/publishers/{key}', path({ key })));

export const savePerson = (
  id: string,
  body: { name: string; roles: string[]; active: boolean; password?: string },
) => take(api.PUT('/people/{id}', { ...path({ id }), body }));

export const issueToken = (
  command: string,
  body: { person: string; name: string; roles: string[]; until: string },
) => take(api.POST('/tokens', { ...idempotent(command), body }));

export const beginSubstitution = (
  command: string,
  body: { absent: string; substitute: string; from: string; until: string },
) => take(api.POST('/substitutions', { ...idempotent(command), body }));

export const endSubstitution = (number: number) =>
  take(api.DELETE('/substitutions/{number}', { params: { path: { number } } }));

export const resumeWork = () => take(api.POST('/resume'));

export const revokeToken = (id: string) => take(api.DELETE('/tokens/{id}', path({ id })));

export const readdressMessage = (id: string, command: string, body: { key: string; reason: string }) =>
  take(api.POST('/messages/{id}/key', { ...path({ id }), ...idempotent(command), body }));

export const discardMessage = (id: string, command: string, reason: string) =>
  take(api.POST('/messages/{id}/discard', { ...path({ id }), ...idempotent(command), body: { reason } }));

export type KeepingAct = KeepingRequest['what'];

export const keepCases = (command: string, body: KeepingRequest) =>
  take(api.POST('/keeping/cases', { ...idempotent(command), body }));

export const setRetention = (process: string, command: string, retention: RetentionPeriod | null) =>
  take(
    api.PUT('/keeping/processes/{process}', {
      ...path({ process }),
      ...idempotent(command),
      body: { retention },
    }),
  );

export const setAuthority = (command: string, body: AuthorityProfile) =>
  take(api.PUT('/authority', { ...idempotent(command), body }));

export const addDayOff = (command: string, day: string, body: { name: Text; norm: string; sure: boolean }) =>
  take(
    api.PUT('/authority/days-off/{day}', {
      ...idempotent(command),
      ...path({ day }),
      body,
    }),
  );

export const removeDayOff = (day: string) => take(api.DELETE('/authority/days-off/{day}', path({ day })));

export const setLawRow = (command: string, table: string, id: string, body: NewLegalRow) =>
  take(api.PUT('/law/{table}/{id}', { ...idempotent(command), ...path({ table, id }), body }));

export const previewLawRow = (table: string, id: string, body: LegalRowAhead, cursor?: string) =>
  take(
    api.POST('/law/{table}/{id}/preview', {
      params: { path: { table, id }, query: cursor === undefined ? {} : { cursor } },
      body,
    }),
  );

export const removeLawRow = (table: string, id: string) =>
  take(api.DELETE('/law/{table}/{id}', path({ table, id })));

export const setPolicy = (command: string, body: HousePolicy) =>
  take(api.PUT('/policy', { ...idempotent(command), body }));

export const retireProcess = (id: string) => take(api.POST('/processes/{id}/retire', path({ id })));

export const reinstateProcess = (id: string) => take(api.POST('/processes/{id}/reinstate', path({ id })));

export const retireBlock = (id: string, version: string) =>
  take(api.POST('/blocks/{id}/versions/{version}/retire', path({ id, version })));

export const reinstateBlock = (id: string, version: string) =>
  take(api.POST('/blocks/{id}/versions/{version}/reinstate', path({ id, version })));

export const advanceClock = (advance: string) => take(api.POST('/clock', { body: { advance } }));

/** What a list says, row by row. Changes nothing. */
export const checkRows = (body: { process: string; file: string }) => take(api.POST('/runs/rows', { body }));

export const planRun = (command: string, body: RunToPlan) =>
  take(api.POST('/runs', { ...idempotent(command), body }));

/** What would come of some cases of a run. Changes nothing. */
export const previewRun = (number: number, body: { from: number; limit: number; file: string | null }) =>
  take(api.POST('/runs/{number}/preview', { ...path({ number }), body }));

/** The letters that would come of a case of a run. Changes nothing. */
export const previewRunLetters = (number: number, body: { place: number; file: string | null }) =>
  take(api.POST('/runs/{number}/letters/preview', { ...path({ number }), body }));

export const beginRun = (number: number, command: string, file: string | null) =>
  take(api.POST('/runs/{number}/begin', { ...path({ number }), ...idempotent(command), body: { file } }));

/** Cases of a run as one would sign them now. Changes nothing. */
export const listRunCases = (number: number, from: number, limit: number) =>
  take(api.GET('/runs/{number}/cases', { params: { path: { number }, query: { from, limit } } }));

export const signRun = (
  number: number,
  command: string,
  cases: { task: string; version: number; shown: string }[],
) => take(api.POST('/runs/{number}/sign', { ...path({ number }), ...idempotent(command), body: { cases } }));

export const stopRun = (number: number, command: string, reason: string) =>
  take(api.POST('/runs/{number}/stop', { ...path({ number }), ...idempotent(command), body: { reason } }));
