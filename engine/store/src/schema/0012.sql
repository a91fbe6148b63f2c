-- Format 12. A batch is judged on what its process remembers, and stored in one step if that still holds.

-- How often the row was locked, or a batch was stored without asking first: whoever finds it as it was knows that nobody
-- else was here. A program that does not count would write unseen, so older ones cannot go on.
alter table tenants add column locks BIGINT not null default 0;
