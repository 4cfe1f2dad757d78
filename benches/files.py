"""The files that compare.py measures on: the sample shop, and the same events written otherwise.

Every file is made once and kept; a folder from another run with other people or another seed is
made anew. Rows of the sample stand in order of time, as exports do.
"""

import json
import os
import pathlib
import subprocess
from xml.sax.saxutils import quoteattr

# What each kind is, and how it is called.
KINDS = {
    "csv-three": ("three.csv", "person, step and time alone"),
    "csv": ("sample.csv", "as the sample is written"),
    "csv-random": ("random.csv", "every row of a person drawn at random"),
    "csv-shuffled": ("shuffled.csv", "rows in random order, so that times are out of order"),
    "csv-quoted": ("quoted.csv", "every field in quotes"),
    "parquet-three": ("three.parquet", "person, step and time alone"),
    "parquet": ("sample.parquet", "as the sample is written"),
    "parquet-random": ("random.parquet", "every row of a person drawn at random"),
    "ndjson": ("sample.ndjson", "an object a line, every column as text"),
    "xes": ("sample.xes", "a tenth of the people, a trace each"),
}
# Rows of a row group, as the sample has them.
ROW_GROUP = 500_000
# PM4Py takes a minute for a million events.
XES_SHARE = 10


def make(program, folder, people, seed, kinds):
    """Makes what is missing, and gives the path of every kind."""
    os.makedirs(folder, exist_ok=True)
    stamp = pathlib.Path(folder, "made.json")
    wanted = {"people": people, "seed": seed}
    if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        for name, _ in KINDS.values():
            pathlib.Path(folder, name).unlink(missing_ok=True)
        stamp.write_text(json.dumps(wanted))
    paths = {kind: os.path.join(folder, KINDS[kind][0]) for kind in kinds}
    sample = os.path.join(folder, KINDS["csv"][0])
    is_rewritten = any(kind not in ("csv", "parquet", "xes") for kind in kinds)
    needed = {"csv": sample, **paths} if is_rewritten else paths
    for kind, path in needed.items():
        if os.path.exists(path):
            continue
        # A name of its own until it is whole, with the ending that tells the program what to write.
        part = os.path.join(folder, f"part-{os.path.basename(path)}")
        if kind in ("csv", "parquet"):
            write_sample(program, people, seed, part)
        elif kind == "xes":
            write_xes(program, max(1, people // XES_SHARE), seed, part)
        else:
            write_variant(kind, sample, seed, part)
        os.replace(part, path)
        print(f"{os.path.basename(path)}: {os.path.getsize(path) / 1e6:.0f} MB", flush=True)
    return paths


def write_sample(program, people, seed, path):
    command = [program, "sample", "--people", str(people), "--seed", str(seed), path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def write_variant(kind, sample, seed, path):
    import polars

    events = polars.read_csv(sample, infer_schema=False)
    if kind.endswith("-three"):
        events = events.select("user_id", "event", "timestamp")
    if kind.endswith("-random"):
        # The person and her session together, so that sessions stay within people.
        who = events.select("user_id", "session_id").sample(fraction=1, shuffle=True, seed=seed)
        events = events.with_columns(who.get_columns())
    if kind == "csv-shuffled":
        events = events.sample(fraction=1, shuffle=True, seed=seed)
    if kind == "csv-quoted":
        events.write_csv(path, quote_style="always")
    elif kind.startswith("csv"):
        events.write_csv(path)
    elif kind == "ndjson":
        events.write_ndjson(path)
    else:
        time = polars.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms")
        events = events.with_columns(time.dt.replace_time_zone("UTC"))
        events.write_parquet(path, row_group_size=ROW_GROUP)


def write_xes(program, people, seed, path):
    """A trace for every person, its events in order of time."""
    import polars

    sample = f"{path}.csv"
    write_sample(program, people, seed, sample)
    columns = ["user_id", "event", "timestamp", "platform"]
    events = polars.read_csv(sample, columns=columns, infer_schema=False)
    os.remove(sample)
    labels = {label: quoteattr(label) for label in events["event"].unique()}
    with open(path, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n')
        for (person,), rows in events.group_by("user_id", maintain_order=True):
            file.write(f'\t<trace>\n\t\t<string key="concept:name" value="{person}"/>\n')
            for _, event, time, platform in rows.iter_rows():
                file.write(
                    f'\t\t<event>\n\t\t\t<string key="concept:name" value={labels[event]}/>\n'
                    f'\t\t\t<date key="time:timestamp" value="{time}"/>\n'
                    f'\t\t\t<string key="platform" value="{platform}"/>\n\t\t</event>\n'
                )
            file.write("\t</trace>\n")
        file.write("</log>\n")


def count_events(kind, path):
    """Events of a file, counted without its reader where that is a line each."""
    if kind.startswith("parquet"):
        import polars

        return polars.scan_parquet(path).select(polars.len()).collect().item()
    mark = b"<event>" if kind == "xes" else b"\n"
    with open(path, "rb") as file:
        lines = sum(line.count(mark) for line in file) if kind == "xes" else count(file, mark)
    return lines - kind.startswith("csv")


def count(file, mark):
    return sum(block.count(mark) for block in iter(lambda: file.read(1 << 20), b""))
