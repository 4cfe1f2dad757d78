#!/usr/bin/env python3
"""Trodden, polars and DuckDB side by side on the same sample file.

    cargo build --release
    python3 -m pip install duckdb polars
    python3 benches/compare.py
    python3 benches/compare.py --files events.csv events.parquet

Makes 10 million events (500,000 people), as CSV and as Parquet, or takes files that are there
and have the same columns. Then runs, in turns and several
times over, because machines are noisy and only runs of the same minute compare:

- trodden   `trodden view FILE --view flow --timings`, the whole program from start to exit
- polars    a bare read of the columns that trodden reads, nothing else
- duckdb    the same file to counts of directly-follows pairs, with distinct users

Printed are medians, ratios and the gates that a release has to pass. Exit 1 where one is missed.

Wall and CPU of polars and DuckDB are taken around the work inside Python, without its start and
imports; peak memory is that of the whole process, with Python's own 30 to 60 MB.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What trodden maps by itself in the sample; files of one's own may lack the session.
COLUMNS = ["user_id", "session_id", "event", "timestamp"]

# Stages in the output of --timings that lead from the file to the journey store.
IMPORT_STAGES = ("read_secs", "group_secs")

DIRECTLY_FOLLOWS = """
    SELECT before, event, count(*) AS times, count(DISTINCT user_id) AS people
    FROM (
        SELECT user_id, event,
               lag(event) OVER (PARTITION BY user_id ORDER BY timestamp) AS before
        FROM {source}
    )
    WHERE before IS NOT NULL
    GROUP BY before, event
"""


def work_of_polars(path, columns):
    import polars

    if path.endswith(".csv"):
        as_text = {column: polars.String for column in columns}
        return polars.read_csv(path, columns=columns, schema_overrides=as_text).height
    return polars.read_parquet(path, columns=columns).height


def work_of_duckdb(path, _columns):
    import duckdb

    reader = "read_csv" if path.endswith(".csv") else "read_parquet"
    query = DIRECTLY_FOLLOWS.format(source=f"{reader}('{path}')")
    return len(duckdb.connect().execute(query).fetchall())


WORK = {"polars": work_of_polars, "duckdb": work_of_duckdb}


def worker(name, path, columns):
    """Runs in a process of its own: does the work and prints what it took."""
    importlib.import_module(name)
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    if WORK[name](path, columns.split(",")) == 0:
        sys.exit(f"{name} found nothing in the file")
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    took = {
        "wall": wall,
        "user": after.ru_utime - before.ru_utime,
        "sys": after.ru_stime - before.ru_stime,
    }
    print(json.dumps(took))


def measure(command):
    """Runs a command; gives its times in seconds, its peak in MB, and what it wrote."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        output, errors = out.read().decode(), err.read().decode()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {process.returncode}:\n{errors.strip()}")
    took = {"wall": wall, "user": usage.ru_utime, "sys": usage.ru_stime}
    # In units of 1,024 bytes on Linux, of one byte on macOS.
    took["peak"] = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return took, output, errors


def run_trodden(program, path):
    command = [program, "view", path, "--view", "flow", "--timings", "--format", "json"]
    took, _, errors = measure(command)
    lines = [line for line in errors.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit("trodden wrote no stage times on standard error; is it a version with --timings?")
    stages = json.loads(lines[-1])
    took["stages"] = {name: secs for name, secs in stages.items() if isinstance(secs, int | float)}
    return took


def run_worker(name, path, columns):
    command = [sys.executable, __file__, "--worker", name, path, ",".join(columns)]
    took, output, _ = measure(command)
    return took | json.loads(output)


def medians(runs):
    figures = ("wall", "user", "sys", "peak")
    middle = {key: statistics.median(run[key] for run in runs) for key in figures}
    stages = runs[0].get("stages", {})
    middle["stages"] = {
        name: statistics.median(run["stages"].get(name, 0.0) for run in runs) for name in stages
    }
    return middle


def mapped_columns(path):
    """The columns of a CSV that trodden reads."""
    with open(path, encoding="utf-8") as file:
        names = file.readline().rstrip("\r\n").split(",")
    return [column for column in COLUMNS if column in names]


def count_events(path):
    with open(path, "rb") as file:
        blocks = iter(lambda: file.read(1 << 20), b"")
        return sum(block.count(b"\n") for block in blocks) - 1


def gates(events, results):
    """(what, value, limit, unit) for each; a missing stage is an error, not a pass."""
    rows = []
    for kind, times_bare in (("csv", 1.1), ("parquet", 3.5)):
        trodden, polars, duckdb = (results[kind, who] for who in ("trodden", "polars", "duckdb"))
        missing = [stage for stage in IMPORT_STAGES if stage not in trodden["stages"]]
        if missing:
            sys.exit(f"--timings has no stage called {' or '.join(missing)}")
        to_store = sum(trodden["stages"][stage] for stage in IMPORT_STAGES)
        rows += [
            (f"{kind}: import / polars' bare read", to_store / polars["wall"], times_bare, "×"),
            (f"{kind}: whole program / DuckDB", trodden["wall"] / duckdb["wall"], 0.25, "×"),
            (f"{kind}: user CPU a row", trodden["user"] / events * 1e9, 75, "ns"),
            (f"{kind}: peak memory an event", trodden["peak"] * 1e6 / events, 40, "B"),
        ]
        if "measure" in trodden["stages"]:
            nanos = trodden["stages"]["measure"] / events * 1e9
            rows.append((f"{kind}: flow, exact counts an event", nanos, 1, "ns"))
        if "disclose" in trodden["stages"]:
            rows.append((f"{kind}: flow disclosed", trodden["stages"]["disclose"] * 1e3, 100, "ms"))
    return rows


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500_000, help="20 events each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--trodden", default=str(target / "release" / "trodden"))
    parser.add_argument("--folder", default=str(target / "compare"), help="for the sample files")
    parser.add_argument(
        "--files", nargs=2, metavar=("CSV", "PARQUET"), help="the same events; makes no sample"
    )
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        return worker(*asked.worker)

    lacking = [name for name in WORK if importlib.util.find_spec(name) is None]
    if lacking:
        sys.exit(
            f"This comparison needs {' and '.join(lacking)} from PyPI: "
            f"{sys.executable} -m pip install {' '.join(lacking)}"
        )
    if not os.access(asked.trodden, os.X_OK):
        sys.exit(f"There is no program at {asked.trodden}: run `cargo build --release` first.")
    files = dict(zip(("csv", "parquet"), asked.files or ()))
    if not files:
        os.makedirs(asked.folder, exist_ok=True)
    for kind in () if files else ("csv", "parquet"):
        path = os.path.join(asked.folder, f"sample.{kind}")
        sample = ["sample", "--people", str(asked.people), "--seed", str(asked.seed), path]
        took, _, _ = measure([asked.trodden, *sample])
        megabytes = os.path.getsize(path) / 1e6
        print(f"sample.{kind}: {megabytes:.0f} MB, written in {took['wall']:.1f} s", flush=True)
        files[kind] = path
    events = count_events(files["csv"])
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    columns = mapped_columns(files["csv"])
    print(f"{events:,} events, {len(columns)} columns, {cores} cores, {asked.runs} runs in turns")

    runs = {}
    # The first turn warms the file cache and is thrown away.
    for turn in range(asked.runs + 1):
        for kind, path in files.items():
            for who in ("trodden", "polars", "duckdb"):
                if who == "trodden":
                    took = run_trodden(asked.trodden, path)
                else:
                    took = run_worker(who, path, columns)
                if turn > 0:
                    runs.setdefault((kind, who), []).append(took)
    results = {key: medians(list_of_runs) for key, list_of_runs in runs.items()}

    print(f"\n{'':24}{'wall s':>8}{'user s':>8}{'sys s':>8}{'peak MB':>9}{'× trodden':>11}")
    for (kind, who), middle in sorted(results.items(), key=lambda item: item[0][0]):
        times = middle["wall"] / results[kind, "trodden"]["wall"]
        numbers = "".join(f"{middle[key]:8.2f}" for key in ("wall", "user", "sys"))
        print(f"{kind + ' ' + who:24}{numbers}{middle['peak']:9.0f}{times:11.2f}")
    print("\nStages of trodden, in seconds:")
    for kind in files:
        stages = results[kind, "trodden"]["stages"]
        print(f"  {kind:8}", ", ".join(f"{name} {secs:.3f}" for name, secs in stages.items()))

    print("\nGates:")
    rows = gates(events, results)
    for what, value, limit, unit in rows:
        verdict = "pass" if value <= limit else "MISS"
        print(f"  {verdict}  {what:38} {value:7.2f} {unit:2} (at most {limit} {unit})")
    missed = sum(value > limit for _, value, limit, _ in rows)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
