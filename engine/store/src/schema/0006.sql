-- Format 6. A batch sees, by the row that it locks anyway, whether the authority was changed since its turns were decided.
alter table tenants add column authority_version BIGINT not null default 0;
update tenants set authority_version = coalesce((select max(version) from journal where journal.tenant = tenants.tenant
  and case_id = '00000000-0000-0000-0000-000000000000'), 0);
