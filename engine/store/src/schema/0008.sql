-- Format 8. What cases hold is sealed. Nothing of an earlier format is carried over: there is no release yet that wrote one,
-- and a database with turns of one is refused (schema.rs).
drop table journal;

-- Class: truth; append-only, until a case is erased. One row a turn. `body` says by its first byte how it is stored (seal.rs);
-- of an erased case it is empty. body_hash = SHA-256 (body); hash = SHA-256 (hash of the turn before, the columns, body_hash),
-- chained per case (hash.rs): so the chain is proven without the keys, and outlives the bodies.
-- The case 00000000-0000-0000-0000-000000000000 is the stream of the authority itself; it is not sealed.
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
  body_hash BYTES not null,
  hash BYTES not null,
  primary key (tenant, case_id, version)
);
-- Serves: was this command carried out already?
create unique index journal_command on journal (tenant, case_id, command_id);
-- Serves: the turns of a tenant after a position.
create unique index journal_position on journal (tenant, position);

-- The key of what comes for an authority before a case is known that it belongs to; null as long as nothing came.
alter table tenants add column key_slot BIGINT;

-- Class: operational. Which cases hold a document; a row too many does no harm, it only keeps the document longer.
create table blob_uses (
  tenant TEXT not null,
  hash TEXT not null,
  case_id TEXT not null,
  primary key (tenant, hash, case_id)
) CLUSTERED;
-- Serves: the documents of a case.
create index blob_uses_case on blob_uses (tenant, case_id, hash);

-- Class: truth. The cases that were erased, each with its certificate. `done` says whether their keys are gone as well.
create table erasures (
  tenant TEXT not null,
  case_id TEXT not null,
  at BIGINT not null,
  done BIGINT not null,
  body BYTES not null,
  primary key (tenant, case_id)
) CLUSTERED;
-- Serves: erased cases, newest first.
create index erasures_at on erasures (tenant, at, case_id);
-- Serves: what a crash left half done.
create index erasures_open on erasures (done) where done = 0;

-- Class: truth. For each day with turns the signed root over them; `body` is what is signed, as it is written into files.
create table roots (
  tenant TEXT not null,
  day TEXT not null,
  last BIGINT not null,
  body BYTES not null,
  primary key (tenant, day)
) CLUSTERED;
