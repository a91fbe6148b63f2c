-- Format 11. Programs of different age work on one database.

-- The oldest format whose program can work with the tables as this script leaves them; null: that of the script itself.
alter table schema_format add column compatible_since BIGINT;

-- Class: operational. The servers, as each was seen last. The key has no tenant: a server serves all of them.
create table nodes (
  node TEXT not null,
  version TEXT not null,
  reads BIGINT not null,
  writes BIGINT not null,
  schema_format BIGINT not null,
  since BIGINT not null,
  seen_at BIGINT not null,
  primary key (node)
) CLUSTERED;

-- Class: truth. The formats of turns that may be in the journal, besides the first, each with the instant from which on.
create table turn_formats (
  format BIGINT not null primary key,
  since BIGINT not null
);
