"""DBOS: ordinary functions whose steps are remembered in PostgreSQL. It has no user tasks; its users let a workflow wait
for a message (`recv`), and whoever has done the work sends it."""

import asyncio
import os

from dbos import DBOS
from sample import TEXT, form

NAME = "DBOS 3.4.0"
PROCESSES = 2
SETTINGS = (
    "in process, CPython 3.11, 2 processes of 16 clients, up to 64 threads and 32 connections each, LISTEN/NOTIFY, no "
    "administration server; user tasks are recv/send"
)


@DBOS.workflow()
def one_task(data):
    answer = DBOS.recv("look", timeout_seconds=600)
    return {**data, **answer}


@DBOS.step()
def effect(number):
    return {"number": number, "result": "done"}


@DBOS.workflow()
def ten_effects(data):
    return [effect(number) for number in range(1, 11)]


@DBOS.step()
async def fee_of(application):
    if application["kind"] == "notice":
        return 0
    if application["days"] < 7:
        return 2500
    return application["days"] * 500 if application["days"] <= 30 else 20000


@DBOS.step()
async def yard_notice(application):
    return "Sperrung: " + application["street"]


@DBOS.step()
async def police_notice(application):
    return "Anordnung: " + application["district"]


@DBOS.workflow()
async def permit(application):
    fee = await fee_of(application)
    examined = await DBOS.recv_async("examine", timeout_seconds=600)
    yard, police = await asyncio.gather(yard_notice(application), police_notice(application))
    signed = await DBOS.recv_async("sign", timeout_seconds=600)
    return {**application, "fee": fee, **examined, "yard": yard, "police": police, **signed}


def launch(database, clients):
    DBOS(
        config={
            "name": "fachwerk-peer",
            "application_version": "1",
            "executor_id": f"peer-{os.getpid()}",
            "system_database_url": database,
            "sys_db_pool_size": 32,
            "max_executor_threads": max(64, clients * 2),
            "run_admin_server": False,
            "log_level": "ERROR",
        }
    )
    DBOS.launch()


def prepare(database):
    """Makes the tables, so that the processes need not race for it."""
    launch(database, 1)
    DBOS.destroy()


def open_engine(database, clients):
    launch(database, clients)


def close_engine(_engine):
    DBOS.destroy()


def case(_engine, workload, notes):
    if workload == "one-task":
        handle = notes.command(DBOS.start_workflow, one_task, TEXT)
        notes.command(answer, handle, "look", {"ok": True}, True)
    elif workload == "ten-effects":
        notes.command(ten_effects, TEXT)
    elif workload == "permit":
        handle = notes.command(DBOS.start_workflow, permit, form())
        notes.command(answer, handle, "examine", {"complete": True}, False)
        notes.command(answer, handle, "sign", {"granted": True}, True)
    else:
        raise ValueError(f"there is no workload {workload}")


def answer(handle, topic, message, is_last):
    """After the last one the case has ended; that it has is part of the command."""
    DBOS.send(handle.workflow_id, message, topic=topic)
    if is_last:
        handle.get_result()
