"""SpiffWorkflow: a library that runs BPMN in memory. Whoever uses it keeps the state of a case himself; here, as
SpiffArena does it, in PostgreSQL after every step that must not be lost: one row a case, one commit a step. Every
command reads the case anew, because the next one may reach another process."""

import json
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg_pool import ConnectionPool
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from sample import TEXT, form

NAME = "SpiffWorkflow 3.2.0"
PROCESSES = 4
SETTINGS = (
    "in process, CPython 3.11, 4 processes of 8 threads, psycopg 3; the serialised case (without its process, which is "
    "kept once) in one row, written after every step that waits or calls a service"
)
PROCESSES_FOLDER = Path(__file__).parent / "bpmn"

SCHEMA = """
create table if not exists spiff_case (
    id uuid primary key,
    process text not null,
    is_open boolean not null,
    state json not null, -- Not `jsonb`: the order of the tasks matters when they are read.
    changed timestamptz not null default now()
);
create table if not exists spiff_task (
    case_id uuid not null references spiff_case (id),
    task uuid not null,
    name text not null,
    is_open boolean not null,
    primary key (case_id, task)
);
create index if not exists spiff_task_open on spiff_task (name) where is_open;
"""


class Engine:
    def __init__(self, database, clients):
        self.pool = ConnectionPool(database, min_size=clients, max_size=clients, open=True)
        self.pool.wait()
        parser = BpmnParser()
        for file in sorted(PROCESSES_FOLDER.glob("*.bpmn")):
            parser.add_bpmn_file(str(file))
        self.specs = {name: parser.get_spec(name) for name in parser.get_process_ids()}
        self.script_engine = PythonScriptEngine(TaskDataEnvironment({"effect": lambda: "done"}))
        self.serializer = BpmnWorkflowSerializer()
        self.spec_states = {name: json.dumps(self.serializer.to_dict(spec)) for name, spec in self.specs.items()}

    def begin(self, process, data):
        case = uuid4()
        workflow = BpmnWorkflow(self.specs[process], script_engine=self.script_engine)
        workflow.get_next_task(state=TaskState.READY).data.update(data)
        with self.pool.connection() as connection:
            self.insert(connection, case, process, workflow)
            self.advance(connection, case, workflow)
        return case, workflow.completed

    def complete(self, case, data):
        with self.pool.connection() as connection:
            process, state = connection.execute(
                "select process, state from spiff_case where id = %s for update", (case,)
            ).fetchone()
            workflow = self.restore(process, state)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.data.update(data)
            task.run()
            self.advance(connection, case, workflow)
        return case, workflow.completed

    def advance(self, connection, case, workflow):
        """Machine steps until somebody must act or the case has ended. What a service answered is committed first."""
        while (task := workflow.get_next_task(state=TaskState.READY, manual=False)) is not None:
            task.run()
            if task.task_spec.bpmn_id is not None and task.task_spec.bpmn_id.startswith("effect"):
                self.update(connection, case, workflow)
                connection.commit()
        self.update(connection, case, workflow)
        connection.commit()

    def insert(self, connection, case, process, workflow):
        connection.execute(
            "insert into spiff_case (id, process, is_open, state) values (%s, %s, true, %s)",
            (case, process, self.dump(workflow)),
        )

    def update(self, connection, case, workflow):
        connection.execute(
            "update spiff_case set state = %s, is_open = %s, changed = now() where id = %s",
            (self.dump(workflow), not workflow.completed, case),
        )
        connection.execute("update spiff_task set is_open = false where case_id = %s and is_open", (case,))
        for task in workflow.get_tasks(state=TaskState.READY, manual=True):
            connection.execute(
                "insert into spiff_task (case_id, task, name, is_open) values (%s, %s, %s, true)"
                " on conflict (case_id, task) do update set is_open = true",
                (case, task.id, task.task_spec.name),
            )

    def dump(self, workflow):
        state = self.serializer.to_dict(workflow)
        del state["spec"]
        return json.dumps(state)

    def restore(self, process, state):
        # Each case gets its own: the serialiser takes apart what it reads, and another thread may read at the same time.
        state["spec"] = json.loads(self.spec_states[process])
        workflow = self.serializer.from_dict(state)
        workflow.script_engine = self.script_engine
        return workflow


def prepare(database):
    with psycopg.connect(database) as connection:
        connection.execute(SCHEMA)


def open_engine(database, clients):
    return Engine(database, clients)


def close_engine(engine):
    engine.pool.close()


def case(engine, workload, notes):
    tasks = {"one-task": ["ok"], "ten-effects": [], "permit": ["complete", "granted"]}[workload]
    begun, has_ended = notes.command(engine.begin, workload, form() if workload == "permit" else TEXT)
    for field in tasks:
        _, has_ended = notes.command(engine.complete, begun, {field: True})
    if not has_ended:
        raise RuntimeError(f"case {begun} has not ended")
