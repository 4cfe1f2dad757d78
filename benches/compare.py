#!/usr/bin/env python3
"""Trodden beside polars, DuckDB and PM4Py on the same files, in one run.

    cargo build --release
    python3 -m pip install duckdb polars pm4py
    python3 benches/compare.py
    python3 benches/compare.py --kinds csv parquet --runs 3

Makes 10 million events of 500,000 people as CSV, Parquet and NDJSON, also with people spread at
random, rows out of order and every field in quotes, and a million as XES (see files.py). Then runs,
in turns and several times over, because machines are noisy and only runs of the same minute compare:

- trodden   `trodden view FILE --view flow --timings`, the whole program from start to exit; and
            `trodden inspect FILE`, for the CPU time of reading alone
- polars    a bare read of the columns that trodden reads, nothing else
- duckdb    the same file to counts of directly-follows pairs, with distinct users
- pm4py     `read_xes`, for XES, which the others do not read

Printed are medians, ratios and the gates that a release has to pass. Exit 1 where one is missed.

Wall and CPU of the others are taken around the work inside Python, without its start and imports;
peak memory is that of the whole process, with Python's own 30 to 60 MB.
"""

import argparse
import importlib
import importlib.util
import json
import multiprocessing
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import files

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Stages in the output of --timings that lead from the file to the journey store.
IMPORT_STAGES = ("read_secs", "group_secs")
# PM4Py takes a minute a run.
PM4PY_RUNS = 3

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


def work_of_polars(kind, path, columns):
    import polars

    if kind.startswith("csv"):
        as_text = {column: polars.String for column in columns}
        return polars.read_csv(path, columns=columns, schema_overrides=as_text).height
    if kind == "ndjson":
        return polars.scan_ndjson(path).select(columns).collect().height
    return polars.read_parquet(path, columns=columns).height


def work_of_duckdb(kind, path, _columns):
    import duckdb

    reader = {"csv": "read_csv", "parquet": "read_parquet", "ndjson": "read_ndjson"}
    source = f"{reader[kind.split('-')[0]]}('{path}')"
    return len(duckdb.connect().execute(DIRECTLY_FOLLOWS.format(source=source)).fetchall())


def work_of_pm4py(_kind, path, _columns):
    import pm4py

    return len(pm4py.read_xes(path))


WORK = {"polars": work_of_polars, "duckdb": work_of_duckdb, "pm4py": work_of_pm4py}


def others(kind):
    return ["pm4py"] if kind == "xes" else ["polars", "duckdb"]


def worker(name, kind, path, columns):
    """Runs in a process of its own: does the work and prints what it took."""
    importlib.import_module(name)
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    if WORK[name](kind, path, columns.split(",")) == 0:
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
    took["stages"] = json.loads(lines[-1])
    missing = [stage for stage in IMPORT_STAGES if stage not in took["stages"]]
    if missing:
        sys.exit(f"--timings has no stage called {' or '.join(missing)}")
    took["import"] = sum(took["stages"][stage] for stage in IMPORT_STAGES)
    # Reads the file and looks at its labels, and counts nothing.
    took["import user"] = measure([program, "inspect", path])[0]["user"]
    return took


def run_worker(name, kind, path, columns):
    worker_of = [sys.executable, __file__, "--worker", name, kind, path, ",".join(columns)]
    took, output, _ = measure(worker_of)
    return took | json.loads(output)


def medians(runs):
    figures = [key for key in runs[0] if key != "stages"]
    middle = {key: statistics.median(run[key] for run in runs) for key in figures}
    middle["stages"] = {
        name: statistics.median(run["stages"].get(name, 0.0) for run in runs)
        for name in runs[0].get("stages", {})
    }
    return middle


def mapped_columns(program, path):
    """The columns that trodden reads by itself."""
    inspected = subprocess.run(
        [program, "inspect", path, "--json"], check=True, capture_output=True, text=True
    )
    mapping = json.loads(inspected.stdout)["mapping"]
    single = [mapping.get(part) for part in ("subject", "session", "event", "time", "insert_id")]
    consent = [field["column"] for field in mapping.get("consent", [])]
    columns = [*single, *mapping.get("attributes", []), *consent]
    return [column for column in columns if column is not None]


def gates(kind, events, results):
    """(what, value, limit, unit) for each gate of a kind of file."""
    trodden = results[kind, "trodden"]
    if kind == "xes":
        ratio = results[kind, "pm4py"]["wall"] / trodden["wall"]
        # The others are upper bounds, so this is how many times too slow it is.
        return [("whole program / (PM4Py / 30)", 30 / ratio, 1, "×")]
    polars, duckdb = results[kind, "polars"], results[kind, "duckdb"]
    times_bare = 3.5 if kind.startswith("parquet") else 1.1
    # The gate is 75 ns on a machine on which polars took 84 for its own bare read of CSV. Of Parquet,
    # where it has next to nothing to do, it read the same three columns as there.
    bare = polars
    if kind.startswith("parquet"):
        bare = results.get(("csv-three", "polars"), {"user": 84e-9 * events})
    most = 75 / 84 * bare["user"] / events * 1e9
    rows = [
        ("import / polars' bare read", trodden["import"] / polars["wall"], times_bare, "×"),
        ("whole program / DuckDB", trodden["wall"] / duckdb["wall"], 0.25, "×"),
        ("user CPU a row, as polars is fast", trodden["import user"] / events * 1e9, most, "ns"),
        ("peak memory an event", trodden["peak"] * 1e6 / events, 40, "B"),
    ]
    flow = trodden["stages"].get("disclose_measure_secs")
    if flow is not None:
        rows.append(("flow, exact counts an event", flow / events * 1e9, 1, "ns"))
    return rows


def print_figures(kinds, events, results):
    columns = ("wall s", "user s", "sys s", "CPU ns/row", "peak MB", "B/event", "× trodden")
    print(f"\n{'':24}" + "".join(f"{column:>11}" for column in columns))
    for (kind, who), middle in results.items():
        times = middle["wall"] / results[kind, "trodden"]["wall"]
        cpu = (middle["user"] + middle["sys"]) / events[kind] * 1e9
        figures = (middle["wall"], middle["user"], middle["sys"], cpu, middle["peak"])
        figures += (middle["peak"] * 1e6 / events[kind], times)
        digits = (2, 2, 2, 0, 0, 1, 2)
        numbers = "".join(f"{f:11.{d}f}" for f, d in zip(figures, digits, strict=True))
        print(f"{kind + ' ' + who:24}{numbers}")
    print("\nStages of trodden, in seconds:")
    for kind in kinds:
        stages = results[kind, "trodden"]["stages"].items()
        print(f"  {kind:15}", ", ".join(f"{name} {secs:.3f}" for name, secs in stages))


def load():
    return f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def main():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=500_000, help="20 events each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--kinds", nargs="+", choices=files.KINDS, default=list(files.KINDS))
    parser.add_argument("--trodden", default=str(target / "release" / "trodden"))
    parser.add_argument("--folder", default=str(target / "compare"), help="for the files: 5 GB")
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        return worker(*asked.worker)

    needed = {"polars"}.union(*(others(kind) for kind in asked.kinds))
    lacking = sorted(name for name in needed if importlib.util.find_spec(name) is None)
    if lacking:
        sys.exit(
            f"This comparison needs {' and '.join(lacking)} from PyPI: "
            f"{sys.executable} -m pip install {' '.join(lacking)}"
        )
    if not os.access(asked.trodden, os.X_OK):
        sys.exit(f"There is no program at {asked.trodden}: run `cargo build --release` first.")
    # In a process of its own: what is started from here counts the memory of this one as its own.
    made = multiprocessing.get_context("spawn").Pool(1)
    making = (asked.trodden, asked.folder, asked.people, asked.seed, asked.kinds)
    paths = made.apply(files.make, making)
    events = made.starmap(files.count_events, paths.items())
    made.close()
    events = dict(zip(paths, events, strict=True))
    columns = {kind: mapped_columns(asked.trodden, path) for kind, path in paths.items()}
    for kind, path in paths.items():
        what = f"{events[kind]:,} events, {os.path.getsize(path) / 1e6:,.0f} MB"
        print(f"{kind:15} {files.KINDS[kind][1]}: {what}, read: {', '.join(columns[kind])}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{cores} cores, {load()}, {asked.runs} runs in turns", flush=True)

    runs = {}
    # The first turn warms the file cache and is thrown away.
    for turn in range(asked.runs + 1):
        for kind, path in paths.items():
            for who in ("trodden", *others(kind)):
                if who == "trodden":
                    took = run_trodden(asked.trodden, path)
                elif who == "pm4py" and not 0 < turn <= PM4PY_RUNS:
                    continue
                else:
                    took = run_worker(who, kind, path, columns[kind])
                if turn > 0:
                    runs.setdefault((kind, who), []).append(took)
    results = {key: medians(list_of_runs) for key, list_of_runs in runs.items()}
    print_figures(asked.kinds, events, results)

    print(f"\nGates ({load()}):")
    missed = 0
    for kind in asked.kinds:
        for what, value, limit, unit in gates(kind, events[kind], results):
            missed += value > limit
            verdict = "pass" if value <= limit else "MISS"
            print(f"  {verdict}  {kind:15}{what:34} {value:7.2f} {unit:2} (at most {limit:.3g} {unit})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
