-- Format 9. How long cases are kept. `fachwerk rebuild` fills the new columns for cases that were there before.
alter table cases add column ended_on TEXT not null default '';
alter table cases add column asked BIGINT not null default 0;
alter table cases add column held BIGINT not null default 0;
-- Serves: the ended cases of a process whose retention period is over, those that ended first in front.
create index cases_ended on cases (tenant, process, ended_on, case_id) where is_open = 0;
-- Serves: cases whose erasure was asked for.
create index cases_asked on cases (tenant, case_id) where asked = 1;
-- Serves: cases that must not be erased.
create index cases_held on cases (tenant, case_id) where held = 1;

-- Class: derived. How many bytes the documents and files of an authority have.
create table blob_totals (
  tenant TEXT not null,
  bytes BIGINT not null,
  primary key (tenant)
) CLUSTERED;
insert into blob_totals (tenant, bytes) select tenant, sum(size) from blobs group by tenant;
