// Every word that a person sees, in German. The type of this object is what the other languages must match.
// German quotation marks, no machine words; the names of things are those of the house („Vorgang“, „Verfahren“ ...).
import { acts } from './acts.de';
import { admin } from './admin.de';
import { app, act, word, due, failure, login, password, helpPage } from './app.de';
import { authority } from './authority.de';
import { cases, oneCase } from './cases.de';
import { coverage } from './coverage.de';
import { deadlines } from './deadlines.de';
import { designer } from './designer.de';
import { documents, notes, course } from './documents.de';
import { filing } from './filing.de';
import { findings } from './findings.de';
import { fix } from './fix.de';
import { help } from './help.de';
import { inbox, start, form, task } from './inbox.de';
import { incoming } from './incoming.de';
import { keeping } from './keeping.de';
import { law, lawIndex } from './law.de';
import { margins } from './margins.de';
import { packages } from './packages.de';
import { post } from './post.de';
import { preview } from './preview.de';
import { priority } from './priority.de';
import { proof } from './proof.de';
import { reinstate } from './reinstate.de';
import { resting } from './resting.de';
import { runs } from './runs.de';
import { shortcuts } from './shortcuts.de';
import { sorting } from './sorting.de';
import { statistics } from './statistics.de';
import { substitution } from './substitution.de';

export const de = {
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

export type Texts = typeof de;
