-- Format 4. A password that somebody else gave counts for the first login only: whether this one is such.
alter table credentials add column provisional BIGINT not null default 0;
