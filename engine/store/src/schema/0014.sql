-- Format 14. Lists that an older program has written, and this one writes otherwise, are written anew once.

-- How the program writes the lists that wrote all of them last (`rebuild.rs`).
alter table tenants add column lists BIGINT not null default 1;
