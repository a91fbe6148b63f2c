-- Format 5. After a restore or a jump of the clock timers and effects rest until somebody lets them go on.

-- Class: operational. The authorities of which they rest.
create table halts (
  tenant TEXT not null,
  since BIGINT not null,
  why TEXT not null,
  primary key (tenant)
) CLUSTERED;
