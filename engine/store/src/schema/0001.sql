-- Format 1. Read for SQLite and for PostgreSQL; the words in capitals are replaced where the two differ
-- (schema.rs): BYTES, TEXT (compared byte by byte on both), BIGINT, CLUSTERED (rows lie in the order of the key).
-- Instants are integer microseconds since 1970-01-01T00:00Z, days are texts like 2026-04-01, ids are texts,
-- `body` is the row as JSON. Every key begins with the tenant.

-- Class: truth. Which authorities there are, and the position of the last turn. Locked by every batch.
create table tenants (
  tenant TEXT not null,
  position BIGINT not null,
  primary key (tenant)
) CLUSTERED;

-- Class: truth; append-only. One row a turn; hash = SHA-256 (previous_hash, body), chained per case.
-- The case 00000000-0000-0000-0000-000000000000 is the stream of the authority itself.
-- The key serves: the turns of a case after a version.
create table journal (
  tenant TEXT not null,
  case_id TEXT not null,
  version BIGINT not null,
  position BIGINT not null,
  command_id TEXT not null,
  actor TEXT not null,
  at BIGINT not null,
  release TEXT not null,
  body BYTES not null,
  previous_hash BYTES not null,
  hash BYTES not null,
  primary key (tenant, case_id, version)
);
-- Serves: was this command carried out already?
create unique index journal_command on journal (tenant, case_id, command_id);
-- Serves: the turns of a tenant after a position.
create unique index journal_position on journal (tenant, position);

-- Class: truth. Documents and files of releases by the SHA-256 of their bytes.
create table blobs (
  tenant TEXT not null,
  hash TEXT not null,
  size BIGINT not null,
  body BYTES not null,
  primary key (tenant, hash)
);

-- Class: derived. The last value drawn from each counter without gaps.
create table counters (
  tenant TEXT not null,
  counter TEXT not null,
  value BIGINT not null,
  primary key (tenant, counter)
) CLUSTERED;

-- Class: derived. A case after a version; the newest two of a case are kept.
create table snapshots (
  tenant TEXT not null,
  case_id TEXT not null,
  version BIGINT not null,
  format BIGINT not null,
  at BIGINT not null,
  body BYTES not null,
  primary key (tenant, case_id, version)
);

-- Class: derived; listing_version (the version that changed what is found by columns and words) is a by-product.
-- The key serves: a case; all cases, newest first (ids are ordered by time).
create table cases (
  tenant TEXT not null,
  case_id TEXT not null,
  process TEXT not null,
  is_open BIGINT not null,
  number TEXT not null,
  listing BYTES not null,
  listing_version BIGINT not null,
  body BYTES not null,
  primary key (tenant, case_id)
);
-- Serves: open (or ended) cases, newest first.
create index cases_open on cases (tenant, is_open, case_id);
-- Serves: cases of a process, newest first.
create index cases_process on cases (tenant, process, case_id);
-- Serves: open (or ended) cases of a process, newest first.
create index cases_open_process on cases (tenant, is_open, process, case_id);

-- Class: derived. The fields marked x-list.
create table case_columns (
  tenant TEXT not null,
  case_id TEXT not null,
  name TEXT not null,
  value TEXT not null,
  primary key (tenant, case_id, name)
) CLUSTERED;
-- Serves: the cases whose field has a value.
create index case_columns_value on case_columns (tenant, name, value, case_id);

-- Class: derived. What the search finds a case by: the words of its number and subject, in small letters.
create table case_words (
  tenant TEXT not null,
  case_id TEXT not null,
  word TEXT not null,
  primary key (tenant, case_id, word)
) CLUSTERED;
-- Serves: the cases that have a word with this beginning.
create index case_words_word on case_words (tenant, word, case_id);

-- Class: derived. Open tasks; due is 9999-12-31 when there is no day, assignee is empty when it is nobody's.
create table tasks (
  tenant TEXT not null,
  case_id TEXT not null,
  instance BIGINT not null,
  role TEXT not null,
  assignee TEXT not null,
  process TEXT not null,
  due TEXT not null,
  opened_at BIGINT not null,
  excluded TEXT not null,
  body BYTES not null,
  primary key (tenant, case_id, instance)
) CLUSTERED;
-- Serves: the inbox by due day.
create index tasks_due on tasks (tenant, due, opened_at, case_id, instance);
-- Serves: the inbox by age.
create index tasks_opened on tasks (tenant, opened_at, case_id, instance);
-- Serves: the inbox of one person, and of what is nobody's, by due day.
create index tasks_assignee on tasks (tenant, assignee, due, opened_at, case_id, instance);

-- Class: derived. Deadlines that are set; end_day is null as long as a deadline does not run.
create table deadlines (
  tenant TEXT not null,
  case_id TEXT not null,
  instance BIGINT not null,
  name TEXT not null,
  end_day TEXT,
  body BYTES not null,
  primary key (tenant, case_id, instance, name)
) CLUSTERED;
-- Serves: the deadlines up to a day.
create index deadlines_end on deadlines (tenant, end_day, case_id, instance, name);

-- Class: derived; wake_at (when the timer is tried next) is operational.
create table timers (
  tenant TEXT not null,
  case_id TEXT not null,
  instance BIGINT not null,
  name TEXT not null,
  revision BIGINT not null,
  at BIGINT not null,
  wake_at BIGINT not null,
  primary key (tenant, case_id, instance, name)
) CLUSTERED;
-- Serves: the timers of all tenants whose time has come, and the next one.
create index timers_wake on timers (wake_at, tenant);

-- Class: derived; attempts, ready_at, leased_by, last_error are operational. ready_at is when the effect may be
-- claimed: at once, after a postponement, or when the lease of its owner ends.
create table outbox (
  tenant TEXT not null,
  case_id TEXT not null,
  instance BIGINT not null,
  round BIGINT not null,
  at BIGINT not null,
  body BYTES not null,
  attempts BIGINT not null default 0,
  ready_at BIGINT not null,
  leased_by TEXT,
  last_error TEXT,
  primary key (tenant, case_id, instance, round)
) CLUSTERED;
-- Serves: the effects of all tenants that may be claimed, and the next one.
create index outbox_ready on outbox (ready_at, tenant);

-- Class: derived. What is stuck.
create table incidents (
  tenant TEXT not null,
  case_id TEXT not null,
  number BIGINT not null,
  since BIGINT not null,
  body BYTES not null,
  primary key (tenant, case_id, number)
) CLUSTERED;
-- Serves: incidents by age.
create index incidents_since on incidents (tenant, since, case_id, number);

-- Class: derived. Documents that wait to leave the house.
create table post (
  tenant TEXT not null,
  case_id TEXT not null,
  document BIGINT not null,
  since TEXT not null,
  body BYTES not null,
  primary key (tenant, case_id, document)
) CLUSTERED;
-- Serves: outgoing post by age.
create index post_since on post (tenant, since, case_id, document);

-- Class: operational. What a person proves themselves with.
create table credentials (
  tenant TEXT not null,
  person TEXT not null,
  password_hash TEXT not null,
  changed_at BIGINT not null,
  primary key (tenant, person)
) CLUSTERED;

-- Class: operational. Sessions of browsers, by the SHA-256 of the cookie. The key has no tenant: it is the session that
-- tells the tenant.
create table sessions (
  id_hash TEXT not null,
  tenant TEXT not null,
  person TEXT not null,
  created_at BIGINT not null,
  last_seen_at BIGINT not null,
  expires_at BIGINT not null,
  primary key (id_hash)
) CLUSTERED;
-- Serves: end all sessions of a person.
create index sessions_person on sessions (tenant, person);
-- Serves: remove what has expired.
create index sessions_expiry on sessions (expires_at);

-- Class: operational. Access tokens of programs, by the SHA-256 of the token; no tenant in the key, as with sessions.
create table tokens (
  hash TEXT not null,
  tenant TEXT not null,
  person TEXT not null,
  name TEXT not null,
  created_at BIGINT not null,
  expires_at BIGINT,
  roles TEXT,
  primary key (hash)
) CLUSTERED;
-- Serves: the tokens of a tenant, and of a person.
create index tokens_person on tokens (tenant, person, hash);
