-- The keys, in a database of their own. `KEYS.` is the schema they lie in, where there is one. Words in capitals as in 0001.sql.

-- Class: truth. Which scripts have run.
create table if not exists KEYS.keys_format (format BIGINT not null primary key);

-- Class: truth. Keys side by side, 32 bytes each; one that was erased is zero.
create table if not exists KEYS.reserves (
  reserve BIGINT not null primary key,
  keys BYTES not null
);

-- Class: truth. The ledger of erasures: which cases have no keys any more, with the certificates.
create table if not exists KEYS.ledger (
  tenant TEXT not null,
  case_id TEXT not null,
  at BIGINT not null,
  body BYTES not null,
  primary key (tenant, case_id)
) CLUSTERED;

-- Class: truth. What signs roots and certificates; one row.
create table if not exists KEYS.signers (
  number BIGINT not null primary key,
  seed BYTES not null
);
