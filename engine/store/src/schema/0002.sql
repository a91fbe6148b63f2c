-- Format 2. What goes from case to case.

-- Class: derived. What cases wait for that does not come to them by their id.
create table subscriptions (
  tenant TEXT not null,
  case_id TEXT not null,
  instance BIGINT not null,
  name TEXT not null,
  subject TEXT not null,
  key TEXT not null,
  since BIGINT not null,
  primary key (tenant, case_id, instance, name)
) CLUSTERED;
-- Serves: who has waited longest for a message of this key, and all who wait for a signal.
create index subscriptions_subject on subscriptions (tenant, subject, key, since, case_id);

-- Class: operational. Messages and signals on their way to a case. ready_at is when one may be claimed: at once, after a
-- postponement, when the lease of its owner ends; never again when it is done. Done ones are kept for a while, so that
-- whoever sends the same once more is told that it has arrived.
create table arrivals (
  tenant TEXT not null,
  message_id TEXT not null,
  case_id TEXT not null,
  subject TEXT not null,
  key TEXT not null,
  body BYTES not null,
  at BIGINT not null,
  done BIGINT not null default 0,
  attempts BIGINT not null default 0,
  ready_at BIGINT not null,
  leased_by TEXT,
  last_error TEXT,
  primary key (tenant, message_id, case_id)
) CLUSTERED;
-- Serves: what may be claimed, of all tenants.
create index arrivals_ready on arrivals (ready_at, tenant);
-- Serves: whether something of this subject and key is on its way to a case already.
create index arrivals_case on arrivals (tenant, case_id, done, subject, key);

-- Class: operational. Messages that nobody waits for yet.
create table kept_messages (
  tenant TEXT not null,
  message_id TEXT not null,
  subject TEXT not null,
  key TEXT not null,
  body BYTES not null,
  at BIGINT not null,
  primary key (tenant, message_id)
) CLUSTERED;
-- Serves: the oldest message of a subject and key.
create index kept_messages_subject on kept_messages (tenant, subject, key, at, message_id);
-- Serves: all of them, oldest first.
create index kept_messages_at on kept_messages (tenant, at, message_id);
