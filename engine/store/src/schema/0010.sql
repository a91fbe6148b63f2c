-- Format 10. Lists in every order, statistics, and what was looked up by the wrong index. `fachwerk rebuild` fills the new tables
-- for cases that were there before.

-- Whether a command was carried out is looked up by one text, so that no database takes the key of the journal for the better
-- way: by the case alone it would go through all turns of the case.
drop index journal_command;
-- Serves: was this command carried out already?
create unique index journal_command on journal (tenant, (command_id || case_id));

-- Class: derived; `kept` (how much of it comes of cases that were erased) is truth. What is counted for statistics (counts.rs): kind
-- is begun, ended, open, deadline, task, unknown; day is the first day of the month, the last day of the deadline or the due
-- day; label is the outcome or the role; days is how long it took.
-- The key serves: the counts of a kind between two days.
create table counts (
  tenant TEXT not null,
  kind TEXT not null,
  day TEXT not null,
  process TEXT not null,
  label TEXT not null,
  days BIGINT not null,
  total BIGINT not null,
  kept BIGINT not null,
  primary key (tenant, kind, day, process, label, days)
) CLUSTERED;

-- What cases are found by is kept in the order in which it is looked for; beside that a case is enough to find its rows. On
-- PostgreSQL an index with the same case in each row takes a fifth of one with every word.
drop table case_columns;
drop table case_words;

-- Class: derived. The fields marked x-list, as they are compared and sorted (search.rs).
-- The key serves: the cases whose field has a value; all cases in the order of a field.
create table case_columns (
  tenant TEXT not null,
  case_id TEXT not null,
  name TEXT not null,
  value TEXT not null,
  primary key (tenant, name, value, case_id)
) CLUSTERED;
-- Serves: the fields of a case.
create index case_columns_case on case_columns (tenant, case_id);

-- Class: derived. What the search finds a case by: the words of its number and subject, folded (search.rs).
-- The key serves: the cases that have a word with this beginning.
create table case_words (
  tenant TEXT not null,
  case_id TEXT not null,
  word TEXT not null,
  primary key (tenant, word, case_id)
) CLUSTERED;
-- Serves: the words of a case.
create index case_words_case on case_words (tenant, case_id);
