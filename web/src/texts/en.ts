// The same words in English. `Texts` (from the German) says what must be here.
import { acts } from './acts.en';
import { admin } from './admin.en';
import { app, act, word, due, failure, login, password, helpPage } from './app.en';
import { authority } from './authority.en';
import { cases, oneCase } from './cases.en';
import { coverage } from './coverage.en';
import type { Texts } from './de';
import { deadlines } from './deadlines.en';
import { designer } from './designer.en';
import { documents, notes, course } from './documents.en';
import { filing } from './filing.en';
import { findings } from './findings.en';
import { fix } from './fix.en';
import { help } from './help.en';
import { inbox, start, form, task } from './inbox.en';
import { incoming } from './incoming.en';
import { keeping } from './keeping.en';
import { law, lawIndex } from './law.en';
import { margins } from './margins.en';
import { packages } from './packages.en';
import { post } from './post.en';
import { preview } from './preview.en';
import { priority } from './priority.en';
import { proof } from './proof.en';
import { reinstate } from './reinstate.en';
import { resting } from './resting.en';
import { runs } from './runs.en';
import { shortcuts } from './shortcuts.en';
import { sorting } from './sorting.en';
import { statistics } from './statistics.en';
import { substitution } from './substitution.en';

export const en: Texts = {
  app,
  act,
  word,
  due,
  failure,
  login,
  password,
  inbox,
  start,
  form,
  task,
  cases,
  acts,
  case: oneCase,
  deadlines,
  documents,
  notes,
  course,
  post,
  designer,
  admin,
  coverage,
  fix,
  proof,
  margins,
  reinstate,
  resting,
  authority,
  packages,
  priority,
  keeping,
  law,
  lawIndex,
  substitution,
  runs,
  sorting,
  statistics,
  findings,
  shortcuts,
  helpPage,
  filing,
  incoming,
  help,
  preview,
};
