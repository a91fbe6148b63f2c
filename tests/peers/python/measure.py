"""Clients of an engine that lives inside a Python program: processes with threads, and the line that says what they saw.

`measure.py MODULE ...`: an engine is a module with `NAME`, `SETTINGS`, `PROCESSES`, `prepare(database)` (once, before
all), `open_engine(database, clients)` and `close_engine(engine)` (once in every process), and
`case(engine, workload, notes)` (one case from its beginning to its end).
"""

import argparse
import importlib
import json
import multiprocessing
import resource
import threading
import time
import traceback

import psycopg

class Notes:
    """What one client sees: how long each command takes, in seconds."""

    def __init__(self):
        self.latencies = []

    def command(self, work, *arguments):
        began = time.perf_counter()
        done = work(*arguments)
        self.latencies.append(time.perf_counter() - began)
        return done


def serve(arguments, clients, start, answers):
    """One process: warms up, waits for the others, works until the time is over."""
    try:
        engine_module = importlib.import_module(arguments.engine)
        engine = engine_module.open_engine(arguments.database, clients)
        run(engine_module, engine, arguments.workload, clients, arguments.warm_up)
        before = cpu_seconds()
        start.wait(timeout=120)
        began = time.perf_counter()
        cases, latencies = run(engine_module, engine, arguments.workload, clients, arguments.seconds)
        answers.put(
            {
                "cases": cases,
                "latencies": latencies,
                "seconds": time.perf_counter() - began,
                "cpu_s": cpu_seconds() - before,
                "rss_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
            }
        )
        engine_module.close_engine(engine)
    except Exception:  # Whatever it was, the others must not wait for this process.
        start.abort()
        answers.put({"why": traceback.format_exc()})


def run(engine_module, engine, workload, clients, seconds):
    """All clients of one process at once; how many cases, and the latencies."""
    until = time.perf_counter() + seconds
    found, failed = [], []

    def client():
        notes, cases = Notes(), 0
        try:
            while time.perf_counter() < until:
                engine_module.case(engine, workload, notes)
                cases += 1
            found.append((cases, notes.latencies))
        except Exception:
            failed.append(traceback.format_exc())

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(failed[0])
    return sum(cases for cases, _ in found), [one for _, latencies in found for one in latencies]


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def database_bytes(database):
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute("select pg_database_size(current_database())").fetchone()[0]


def quantile(ordered, percent):
    """In milliseconds."""
    at = min(len(ordered) * percent // 100, len(ordered) - 1)
    return round(ordered[at] * 1000, 3) if ordered else 0.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("--database", required=True)
    parser.add_argument("--workload", required=True)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=2)
    arguments = parser.parse_args()
    engine_module = importlib.import_module(arguments.engine)
    engine_module.prepare(arguments.database)
    count = min(engine_module.PROCESSES, arguments.clients)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(count + 1)
    answers = context.Queue()
    shares = [arguments.clients // count + (place < arguments.clients % count) for place in range(count)]
    processes = [context.Process(target=serve, args=(arguments, share, start, answers)) for share in shares]
    for process in processes:
        process.start()
    try:
        start.wait(timeout=arguments.warm_up + 120)
    except threading.BrokenBarrierError:
        pass  # One of them has failed and says why.
    before = database_bytes(arguments.database)
    seen = [answers.get(timeout=arguments.seconds + 300) for _ in processes]
    grown = database_bytes(arguments.database) - before
    for process in processes:
        process.join()
    for one in seen:
        if "why" in one:
            raise SystemExit(one["why"])
    print(json.dumps(line(engine_module, arguments, seen, grown)))


def line(engine_module, arguments, seen, grown):
    """The fields of `fachwerk bench`."""
    seconds = max(one["seconds"] for one in seen)
    cases = sum(one["cases"] for one in seen)
    latencies = sorted(latency for one in seen for latency in one["latencies"])
    return {
        "workload": arguments.workload,
        "backend": "postgres",
        "sync": "full",
        "clients": arguments.clients,
        "nodes": len(seen),
        "cases": cases,
        "cases_per_s": round(cases / seconds, 3),
        "commands_per_s": round(len(latencies) / seconds, 3),
        "p50_ms": quantile(latencies, 50),
        "p99_ms": quantile(latencies, 99),
        "cpu_s": round(sum(one["cpu_s"] for one in seen), 3),
        "peak_rss_mb": round(sum(one["rss_kb"] for one in seen) / 1024, 3),
        "bytes_per_case": grown // max(cases, 1),
        "peer": engine_module.NAME,
        "over": "process",
        "settings": engine_module.SETTINGS,
    }


if __name__ == "__main__":
    main()
