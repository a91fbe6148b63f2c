-- Format 13. The sealed bytes of documents may lie in a depot outside of the database.

-- Class: truth. The depots that documents lie in, or have lain in. The key has no tenant: a depot serves all of them.
create table depots (
  depot TEXT not null,
  address TEXT not null,
  primary key (depot)
) CLUSTERED;

-- Where the bytes lie; null: in `body`. Of bytes that lie outside `body` has the first nine, which say the slot of the key.
alter table blobs add column depot TEXT;
alter table blobs add column name TEXT;

-- Since when a document waits for the turn that takes it into the case; null: it has come.
alter table blob_uses add column since BIGINT;
-- Serves: documents whose turn never came.
create index blob_uses_waiting on blob_uses (since) where since is not null;

-- Class: operational. Sealed bytes that no row of `blobs` holds: not yet, since an instant, or not any more (0: they are to
-- go). The key in `slot`, if one is named, goes with them; bytes that lay in the database have no depot.
create table loose_bytes (
  tenant TEXT not null,
  name TEXT not null,
  depot TEXT,
  slot BIGINT,
  since BIGINT not null,
  primary key (tenant, name)
) CLUSTERED;
-- Serves: what is to go.
create index loose_bytes_since on loose_bytes (since, tenant, name);
