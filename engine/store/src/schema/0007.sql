-- Format 7. Lists stay as fast with a million open cases as with a thousand.

-- The inbox is asked for by role, and by person within a role: each index has the order of the list behind them.
drop index tasks_due;
drop index tasks_opened;
drop index tasks_assignee;
-- Serves: the inbox of a role by due day.
create index tasks_role_due on tasks (tenant, role, due, opened_at, case_id, instance);
-- Serves: the inbox of a role by age.
create index tasks_role_opened on tasks (tenant, role, opened_at, case_id, instance);
-- Serves: the inbox of one person, and of what is nobody's yet, within a role by due day.
create index tasks_assignee_role on tasks (tenant, assignee, role, due, opened_at, case_id, instance);
-- Serves: the inbox by file number, when many tasks are in it.
create index cases_number on cases (tenant, number, case_id);

-- One index in place of two: whether a case is open comes behind its process.
drop index cases_process;
drop index cases_open_process;
-- Serves: open (or ended) cases of a process, newest first; the cases of some processes, when they are few.
create index cases_process_open on cases (tenant, process, is_open, case_id);
