#!/usr/bin/env python3
"""A second opinion on whole packages: random logs, released by Trodden and attacked by HiGHS.

Trodden attacks a package before it leaves. Here nothing of that is used. A package is read as a
stranger reads it: there are so many people of each *type* (all steps of a journey in their order,
and the value of the attribute), and every published number is an interval around a sum over types.
Where steps may be drawn as `Other`, columns of transport say how many of a type were drawn where.
Then integer programs ask about every group that a reader can name (who is counted somewhere; who of
the same people is not; who is in one group and not in another inside it; who is at a step and takes
none of the shown ways; who is counted for everybody and in no part of a breakdown) whether it can be
empty, and whether it can be k or more. If it can be neither, the package tells of 1 to k-1 people,
and that is a leak.

A stranger does not know how long journeys are, nor how many labels are never named. What is proven
with short journeys is therefore asked again with longer ones and with one more hidden label, and
said only if it is still proven.

    python3 -m venv VENV && VENV/bin/pip install -r tests/second-opinion/requirements.txt
    VENV/bin/python tests/second-opinion/packages.py [--packages 400] [--seed 1] [--labels both]
                                                     [--program PATH]

Package number n of a run has the seed `--seed` + n, so each can be looked at alone.
"""

import argparse
import functools
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, namedtuple

import highspy
import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# More people than any log here has, and all that a stranger would believe.
MOST_PEOPLE = 1000
# Larger models take longer than a confirmation is worth: of longer journeys some are drawn by lot.
MOST_TYPES = 6500
# Where HiGHS gives up on one question; a limit of time would give other answers on other machines.
MOST_NODES = 500

# What the program calls the drawing of everything that is not named.
OTHER = "Other"
# A label that no view names, and the value of an attribute that none names.
HIDDEN = "(hidden {})"
ANY_OTHER = "(any other)"


# --- random logs and specifications ---------------------------------------------------------------

# Words that stand nowhere else in a package, so that they can be searched for in its bytes.
LABELS = ["basalt", "cobalt", "gypsum", "marble", "quartz", "zircon"]
VALUES = ["Lima", "Oslo", "Pune"]
ATTRIBUTE = "country"
BEGIN = 1767225600

Person = namedtuple("Person", "steps value times")
# What is drawn by lot for a log: numbers of labels, of values and of different journeys, their
# lengths, how often a journey is that of a few people only, and the most people.
Shape = namedtuple("Shape", "labels values journeys lengths rare people")
FEW = Shape([2, 2, 3, 3, 4], [0, 0, 0, 0, 2, 2, 2, 3, 3], (2, 7), [1, 2, 2, 3, 3, 4], 0.45, 140)
WIDE = Shape([5, 5, 6], [0, 2], (5, 14), [1, 2, 2, 3, 3], 0.4, 250)
SHAPES = {"few": FEW, "wide": WIDE}


def random_log(rng, shape):
    """People with a journey, a value of the attribute or none, and the seconds of their steps."""
    while True:
        labels = rng.sample(LABELS, rng.choice(shape.labels))
        values = VALUES[: rng.choice(shape.values)]
        journeys = set()
        count = rng.randint(*shape.journeys)
        while len(journeys) < count:
            journeys.add(tuple(rng.choice(labels) for _ in range(rng.choice(shape.lengths))))
        people = []
        for steps in sorted(journeys):
            share = [rng.random() ** 2 for _ in values]
            for _ in range(rng.randint(1, 9) if rng.random() < shape.rare else rng.randint(5, 40)):
                value = rng.choices(values, share)[0] if values else None
                people.append(Person(steps, value, random_times(rng, len(steps))))
        people = people[: shape.people]
        if len(people) >= 15 and len(labels_of(people)) > 1:
            return people


def random_times(rng, count):
    pauses = (rng.choice([60, 3600, 40000, 90000]) + rng.randint(0, 500) for _ in range(count - 1))
    return list(itertools.accumulate(pauses, initial=rng.randint(0, 86399)))


def labels_of(people):
    return sorted({label for person in people for label in person.steps})


def values_of(people):
    return sorted({person.value for person in people} - {None})


def rows_of(people):
    """The log as lines of CSV, with the heading first."""
    has_value = bool(values_of(people))
    yield "user_id,event,time" + (f",{ATTRIBUTE}" if has_value else "")
    for number, person in enumerate(people):
        for label, second in zip(person.steps, person.times):
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN + second))
            yield f"u{number:04d},{label},{moment}" + (f",{person.value}" if has_value else "")


def random_spec(rng, people):
    """A policy and one to five different views; all that they ask for stands in the log."""
    k, base = rng.choice([(5, 5), (10, 5), (20, 10)])
    labels, values = labels_of(people), values_of(people)
    # A package may split people in one way only.
    split = {"by": ATTRIBUTE}
    if values and rng.random() < 0.5:
        split = {"compare": f"{ATTRIBUTE}={rng.choice(values)}"}
    views = []
    for _ in range(rng.choice([1, 2, 2, 3, 3, 4, 5])):
        view = random_view(rng, labels)
        if values and view["view"] in ("map", "flow") and rng.random() < 0.3:
            view.update(split)
        elif rng.random() < 0.25:
            view.update(random_cohort(rng, labels, values))
        if view not in views:
            views.append(view)
    return {"policy": {"k": k, "b": base, "blur": rng.random() < 0.5}, "views": views}


def random_view(rng, labels):
    kind = rng.choice(["map"] * 4 + ["flow"] * 5 + ["paths", "paths", "funnel", "trend", "timing"])
    view = {"view": kind}
    if kind == "map":
        view.update({option: True for option in ("collapse", "skip_rare") if rng.random() < 0.2})
    elif kind in ("flow", "paths"):
        view.update(steps=rng.choice([2, 3, 4]), top=rng.choice([1, 2, 3, 8, 8, 8]))
        view.update(random_anchor(rng, labels))
        if rng.random() < 0.2:
            view["collapse"] = False
    elif kind == "funnel":
        view["funnel"] = rng.sample(labels, min(rng.choice([2, 2, 3]), len(labels)))
        view["order"] = rng.choice(["this", "any", "exact"])
    elif kind == "trend":
        view["grain"] = "day"
        if rng.random() < 0.5:
            view["label"] = rng.choice(labels)
    else:
        view["timing"] = rng.sample(labels, 2)
    return view


def random_anchor(rng, labels):
    lot = rng.random()
    if lot < 0.15:
        return {"anchor": "end"}
    if lot < 0.35:
        return {"start": rng.choice(labels)}
    if lot < 0.5:
        return {"end": rng.choice(labels)}
    if lot < 0.6:
        start, end = rng.sample(labels, 2)
        return {"start": start, "end": end}
    return {}


def random_cohort(rng, labels, values):
    rule = rng.choice(["where", "did", "did_not"])
    if rule != "where":
        return {rule: [rng.choice(labels)]}
    return {"where": [f"{ATTRIBUTE}={rng.choice(values)}"]} if values else {}


def toml(spec):
    """The specification as TOML; what JSON says of strings, lists and numbers holds there too."""
    tables = [("[policy]", spec["policy"])] + [("[[view]]", view) for view in spec["views"]]
    lines = [[head, *(f"{key} = {json.dumps(value)}" for key, value in table.items())] for head, table in tables]
    return "\n".join(itertools.chain.from_iterable(lines)) + "\n"


# --- packages -------------------------------------------------------------------------------------


class Wrong(Exception):
    """The program did something it must never do."""


def release(program, folder, rows, spec):
    """The bytes of the package, or None where the program refuses."""
    log, asked, package = (os.path.join(folder, name) for name in ("log.csv", "SPEC.toml", "package.zip"))
    with open(log, "w", encoding="utf-8") as out:
        out.writelines(f"{row}\n" for row in rows)
    with open(asked, "w", encoding="utf-8") as out:
        out.write(toml(spec))
    if os.path.exists(package):
        os.remove(package)
    command = [program, "release", log, "--spec", asked, "--formats", "csv", "--out", package]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode not in (0, 1) or (ran.returncode == 0) != os.path.exists(package):
        raise Wrong(f"release ends with {ran.returncode}: {ran.stderr.strip()[:300]}")
    if ran.returncode == 1:
        return None
    with open(package, "rb") as written:
        return written.read()


def read_package(content):
    """All files of a package, and its views by name."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        with zipfile.ZipFile(file) as package:
            files = {name: package.read(name) for name in package.namelist()}
    is_view = lambda name: name.startswith("views/") and name.endswith(".json")
    return files, {name[len("views/") : -len(".json")]: json.loads(files[name]) for name in files if is_view(name)}


def parts_of(view):
    """The views in a view: segments of a breakdown, sides of a comparison, or itself."""
    if "segments" in view:
        return view["segments"]
    if "comparison" in view:
        return list(view["comparison"].values())
    return [view]


def counts_in(value):
    """Every number of people in a view, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("count", "people"):
                yield inner
            elif key != "spec":
                yield from counts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from counts_in(inner)


def without_sense(files, views, people, k, base):
    """What can be seen to be wrong without any attack."""
    for label in labels_of(people):
        takers = sum(label in person.steps for person in people)
        if takers < k and any(label.encode() in content for content in files.values()):
            yield f"{label}, a step of {takers} people, is named"
    for place, view in views.items():
        for count in counts_in(view):
            if count and (count % base or count < k):
                yield f"{place}: {count} is no multiple of {base} from {k} on"
        parts = parts_of(view)
        if sum(part["people"] for part in parts) != view["people"]:
            yield f"{place}: the parts are not as many as all"
        for part in parts:
            yield from (f"{place}: {words}" for words in wrong_sums(part))


def wrong_sums(view):
    """Which sums of one view do not add up."""
    total = lambda items: sum(item["count"] for item in items)
    people = view["people"]
    if view["view"] == "map":
        for side in ("starts", "ends"):
            if people and view[side] and total(view[side]) != people:
                yield f"{side} are not as many as the people"
    elif view["view"] == "paths":
        if total(view["paths"]) != people:
            yield "paths are not as many as the people"
    elif view["view"] == "flow" and people:
        if total(node for node in view["nodes"] if abs(node["step"]) == 1) != people:
            yield "the first step is not as many as the people"
        for node in view["nodes"]:
            into = total(edge for edge in view["edges"] if edge["to"] == node["id"])
            out = total(edge for edge in view["edges"] + view["exits"] if edge["from"] == node["id"])
            if abs(node["step"]) > 1 and into != node["count"]:
                yield f"not as many go to {node['id']} as are there"
            if abs(node["step"]) < view["spec"]["steps"] and out != node["count"]:
                yield f"not as many go from {node['id']} as are there"


# --- what a stranger takes for possible -----------------------------------------------------------

# All journeys of so many steps, as many of the longer ones as there is room for, and hidden labels.
Size = namedtuple("Size", "all longest hidden")
# People of one named group without those of others.
Group = namedtuple("Group", "inside without")


def words_of_group(group):
    return group.inside + "".join(f", but not {other}" for other in group.without)


class Model:
    """An integer program: columns are numbers of people, by type first, then by how they are drawn."""

    def __init__(self, k, base, labels, hidden, values, size, rng):
        self.k, self.base = k, base
        self.labels, self.hidden = labels, hidden
        self.values = values + [ANY_OTHER]
        self.types = [(steps, value) for steps in self.journeys(size, rng) for value in self.values]
        self.columns = len(self.types)
        self.rows = []
        # Groups that can be named, and the people among whom each is told.
        self.named, self.among = {}, {}
        # Who is somewhere and in none of several groups there, such as at a step and on no shown way.
        self.remainders = []

    def journeys(self, size, rng):
        found, most = [], MOST_TYPES // len(self.values)
        labels = self.labels + self.hidden
        for length in range(1, size.longest + 1):
            if length <= size.all or len(found) + len(labels) ** length <= most:
                found += itertools.product(labels, repeat=length)
            else:
                room = max(0, most - len(found)) // 2
                found += sorted({tuple(rng.choices(labels, k=length)) for _ in range(room)})
        return found

    def vector(self, belongs):
        """Who of all types belongs, as zeros and ones; `belongs` takes steps and value."""
        return np.array([belongs(*kind) for kind in self.types], dtype=np.int8)

    def column(self):
        self.columns += 1
        return self.columns - 1

    def row(self, low, high, terms, place):
        self.rows.append((low, high, terms, place))

    def between(self, low, high, vector, place):
        self.row(low, high, dict.fromkeys(np.nonzero(vector)[0].tolist(), 1), place)

    def rounded(self, count, slack=None):
        """What a published number may have been: rounded up or down by less than the base, never below k."""
        slack = self.base - 1 if slack is None else slack
        return max(self.k, count - slack), count + slack

    def spread(self, kinds, columns, place):
        """All people of these types are drawn, each in one of these columns."""
        self.row(0, 0, {**dict.fromkeys(kinds, 1), **dict.fromkeys(columns, -1)}, place)

    def members(self, group):
        """Who is in a group."""
        members = self.named[group.inside].copy()
        for other in group.without:
            members[self.named[other] == 1] = 0
        return members

    def truth(self, people):
        """How many people of each type the log really has."""
        at = {kind: number for number, kind in enumerate(self.types)}
        stand_for = dict(zip((label for label in labels_of(people) if label not in self.labels), self.hidden))
        counts = np.zeros(len(self.types), dtype=int)
        for person in people:
            steps = tuple(stand_for.get(label, label) for label in person.steps)
            counts[at[steps, person.value if person.value in self.values else ANY_OTHER]] += 1
        return counts


# --- what the numbers of a package mean -----------------------------------------------------------


class Part:
    """One view, or one part of a breakdown or comparison, about to be read into a model."""

    def __init__(self, model, place, view, splits):
        self.model, self.place, self.view, self.spec = model, place, view, view["spec"]
        cohort = self.spec.get("cohort") or {}
        # The number of everybody may be a sum over the parts of a breakdown elsewhere.
        self.people_slack = (model.base - 1) * (1 if cohort else splits)
        self.cohort = model.vector(lambda steps, value: is_in_cohort(cohort, steps, value))
        self.name("anybody counted", self.cohort)

    def select(self, takes):
        """Who of the cohort has steps of which this holds."""
        found = self.model.vector(lambda steps, value: takes(steps))
        return found & self.cohort

    def name(self, words, vector):
        """A group that a reader can name; returns its full name."""
        full = f"{self.place}: {words}"
        if full in self.model.named:
            raise RuntimeError(f"two groups have one name, {full}")
        self.model.named[full] = vector
        self.model.among[full] = f"{self.place}: anybody counted"
        return full

    def counted(self, count, vector, words):
        self.model.between(*self.model.rounded(count), vector, f"{self.place}: {words}")

    def people(self, vector):
        low, high = self.model.rounded(self.view["people"], self.people_slack)
        self.model.between(low, high, vector, f"{self.place}: people")

    def too_few(self, most, vector, words):
        """Something is not shown that would be shown if it were more than this."""
        self.model.between(0, most, vector, f"{self.place}: {words} not shown")

    def drawn_slack(self, count):
        """How far a number of a flow or of paths may lie from the people who are drawn there.

        What was drawn for another question and cut or merged since may be a sum of rounded numbers,
        each of which is k at least.
        """
        drawn, step = self.spec.get("drawn_for"), self.model.base - 1
        own = {"by": None, "steps": self.spec["steps"], "top": self.spec["top"], "paths": self.view["view"] == "paths"}
        if not drawn or all((drawn.get(key) or None) == (value or None) for key, value in own.items()):
            return step
        return max(1, count // self.model.k) * step


def is_in_cohort(cohort, steps, value):
    for rule in cohort:
        if rule not in ("where", "where_not", "did", "did_not"):
            raise RuntimeError(f"people are chosen by {rule}, which this attacker does not know")
    return (
        all(value == where["value"] for where in cohort.get("where", []))
        and all(value != where["value"] for where in cohort.get("where_not", []))
        and all(label in steps for label in cohort.get("did", []))
        and not any(label in steps for label in cohort.get("did_not", []))
    )


def collapsed(steps):
    return tuple(label for at, label in enumerate(steps) if at == 0 or steps[at - 1] != label)


def read_map(part):
    """A map: who takes a step, who goes directly from one to another, who starts and ends where."""
    view, spec, k = part.view, part.spec, part.model.k
    part.people(part.cohort)
    shown = [node["label"] for node in view["nodes"] if node["label"] != OTHER]
    # Silence speaks only where everything that has enough people is shown.
    is_full = not spec.get("folded") and spec["activities"] == spec["paths"] == 100
    skips = spec.get("skip_rare")
    word = lambda label: label if label in shown else OTHER
    takes = lambda name: part.select(lambda steps: any(word(label) == name for label in steps))
    nodes = {node["label"]: node["count"] for node in view["nodes"]}
    for name in shown + [OTHER]:
        vector = takes(name)
        if name in nodes:
            part.counted(nodes[name], vector, f"node {name}")
            part.name(f"node {name}", vector)
        elif is_full and not skips:
            part.too_few(k - 1, vector, f"node {name}")
    if not skips:
        read_map_edges(part, shown, word, is_full)
        for side, at in (("starts", 0), ("ends", -1)):
            read_map_side(part, side, at, is_full)


def read_map_edges(part, shown, word, is_full):
    view, k = part.view, part.model.k
    walked = collapsed if part.spec.get("collapse") else lambda steps: steps
    edges = {(edge["from"], edge["to"]): edge["count"] for edge in view["edges"]}
    names = shown + [OTHER] if any(node["label"] == OTHER for node in view["nodes"]) else shown
    out, into = {name: [] for name in names}, {name: [] for name in names}

    def goes(steps, start, end):
        steps = walked(steps)
        return any(word(here) == start and word(there) == end for here, there in zip(steps, steps[1:]))

    for start, end in itertools.product(names, names):
        vector = part.select(lambda steps: goes(steps, start, end))
        words = f"edge {start} > {end}"
        if (start, end) in edges:
            part.counted(edges[start, end], vector, words)
        elif is_full:
            part.too_few(k - 1, vector, words)
        if (start, end) in edges or OTHER not in (start, end):
            name = part.name(words, vector)
            if (start, end) in edges:
                out[start].append(name)
                into[end].append(name)
    for label in shown:
        part.model.remainders += [Group(f"{part.place}: node {label}", tuple(ways[label])) for ways in (out, into)]


def read_map_side(part, side, at, is_full):
    """Where journeys start (or end): every person stands at exactly one label there."""
    counts = {end["label"]: end["count"] for end in part.view[side]}
    for label in part.model.labels:
        vector = part.select(lambda steps: steps[at] == label)
        part.name(f"{side} {label}", vector)
        if label in counts:
            part.counted(counts[label], vector, f"{side} {label}")
    rest = part.select(lambda steps: steps[at] not in counts)
    if OTHER in counts:
        part.counted(counts[OTHER], rest, f"{side} {OTHER}")
        part.name(f"{side} {OTHER}", rest)
    elif is_full:
        part.too_few(0, rest, f"{side} {OTHER}")


def drawn_journey(spec, steps):
    """The part of a journey that a flow or paths draw, in the order they draw it; None where there is none."""
    steps = collapsed(steps) if spec.get("collapse", True) else steps
    anchor, label = spec.get("anchor", "start"), spec.get("anchor_label")
    if anchor == "end":
        steps = steps[::-1]
    if label is not None:
        if label not in steps:
            return None
        steps = steps[steps.index(label) :]
    if anchor == "between":
        until = spec["until_label"]
        return steps[: steps.index(until, 1) + 1] if until in steps[1:] else None
    return steps


def drawn_journeys(part):
    """By number of its type, what is drawn of each journey that is drawn at all."""
    drawn = functools.cache(lambda steps: drawn_journey(part.spec, steps))
    journeys = {number: drawn(part.model.types[number][0]) for number in np.nonzero(part.cohort)[0].tolist()}
    return {number: steps for number, steps in journeys.items() if steps}


def by_number(part, journeys, takes):
    """Who is drawn with a journey of which this holds."""
    vector = np.zeros(len(part.model.types), dtype=np.int8)
    vector[[number for number, steps in journeys.items() if takes(steps)]] = 1
    return vector


def gathered(journeys, key):
    """Numbers of types, together where their journeys look the same."""
    alike = {}
    for number, steps in journeys.items():
        alike.setdefault(key(steps), []).append(number)
    return alike


def read_paths(part):
    """Paths: everybody is drawn on one path, each of whose steps is theirs or `Other`."""
    model, most, paths = part.model, part.spec["steps"], part.view["paths"]
    journeys = drawn_journeys(part)
    everybody = by_number(part, journeys, lambda steps: True)
    part.people(everybody)
    part.name("journeys", everybody)
    onto = [[] for _ in paths]

    def fits(steps, path):
        return is_along(steps, path["steps"]) and (not path["ends"] or len(steps) <= len(path["steps"]))

    # Journeys with the same first steps may be drawn alike; whether one goes on is seen only before the last.
    for steps, kinds in gathered(journeys, lambda steps: steps[:most]).items():
        columns = {number: model.column() for number, path in enumerate(paths) if fits(steps, path)}
        for number, column in columns.items():
            onto[number].append(column)
        model.spread(kinds, columns.values(), f"{part.place}: paths of {steps}")
    for number, (path, columns) in enumerate(zip(paths, onto)):
        low, high = model.rounded(path["count"], part.drawn_slack(path["count"]))
        model.row(low, high, dict.fromkeys(columns, 1), f"{part.place}: path {number + 1}")
    name_paths(part, journeys)


def is_along(steps, shown):
    """Whether a journey takes every named step of a path at its place."""
    return all(
        there["kind"] != "label" or (at < len(steps) and steps[at] == there["label"]) for at, there in enumerate(shown)
    )


def name_paths(part, journeys):
    """Who takes the first steps of a path, and who takes all of it."""
    found = {}
    for path in part.view["paths"]:
        for length in range(1, len(path["steps"]) + 1):
            shown = path["steps"][:length]
            if not any(there["kind"] == "label" for there in shown):
                continue
            ends = path["ends"] and length == len(path["steps"])
            words = "path " + " > ".join(there["label"] for there in shown) + (" and no further" if ends else "")
            takes = lambda steps: is_along(steps, shown) and (not ends or len(steps) <= length)
            found.setdefault(words, by_number(part, journeys, takes))
    for words, vector in found.items():
        part.name(words, vector)


# Where a journey is after its last step, and where a drawing lets it go.
GONE = "(gone)"
EXIT = "exit"


def read_flow(part):
    """A flow: at every step each person is drawn under the label or as `Other`, and goes along an arc."""
    model, view, most = part.model, part.view, part.spec["steps"]
    journeys = drawn_journeys(part)
    everybody = by_number(part, journeys, lambda steps: True)
    part.people(everybody)
    part.name("journeys", everybody)
    drawn_at = {node["id"]: (abs(node["step"]), OTHER if node["kind"] == "other" else node["label"]) for node in view["nodes"]}
    nodes = {drawn_at[node["id"]]: node["count"] for node in view["nodes"]}
    arcs = {(drawn_at[edge["from"]], drawn_at[edge["to"]]): edge["count"] for edge in view["edges"]}
    arcs.update({(drawn_at[leave["from"]], EXIT): leave["count"] for leave in view["exits"]})
    into, out = {node: [] for node in nodes}, {node: [] for node in nodes}
    draw_first_step(part, journeys, into)
    along = draw_arcs(part, journeys, arcs)
    for (start, end), columns in along.items():
        count = arcs[start, end]
        low, high = model.rounded(count, part.drawn_slack(count))
        model.row(low, high, dict.fromkeys(columns, 1), f"{part.place}: arc {start} > {end}")
        out[start] += columns
        if end != EXIT:
            into[end] += columns
    for node, count in nodes.items():
        low, high = model.rounded(count, part.drawn_slack(count))
        model.row(low, high, dict.fromkeys(into[node], 1), f"{part.place}: node {node}")
        if node[0] < most:
            model.spread(into[node], out[node], f"{part.place}: into and out of {node}")
    name_flow(part, journeys, arcs)


def place_at(steps, step):
    return steps[step - 1] if step <= len(steps) else GONE


def draw_first_step(part, journeys, into):
    for label, kinds in gathered(journeys, lambda steps: steps[0]).items():
        columns = []
        for node in ((1, label), (1, OTHER)):
            if node in into:
                columns.append(part.model.column())
                into[node].append(columns[-1])
        part.model.spread(kinds, columns, f"{part.place}: step 1, {label}")


def draw_arcs(part, journeys, arcs):
    """Columns for all who go along an arc, by arc: every two steps of a journey are drawn along one."""
    along = {arc: [] for arc in arcs}
    for step in range(1, part.spec["steps"]):
        pairs = gathered(journeys, lambda steps: (place_at(steps, step), place_at(steps, step + 1)))
        for (here, there), kinds in pairs.items():
            # Whoever has gone may still be drawn: `Other` may go on with people who left.
            columns = [part.model.column()] if here == GONE else []
            for arc in possible_arcs(step, here, there):
                if arc in arcs:
                    columns.append(part.model.column())
                    along[arc].append(columns[-1])
            part.model.spread(kinds, columns, f"{part.place}: step {step}, {here} > {there}")
    return along


def possible_arcs(step, here, there):
    starts = [(step, OTHER)] if here == GONE else [(step, here), (step, OTHER)]
    ends = [EXIT if there == GONE else (step + 1, there), (step + 1, OTHER)]
    return itertools.product(starts, ends)


def name_flow(part, journeys, arcs):
    """Who is where at a step, and who goes from there where."""
    labels, most = part.model.labels, part.spec["steps"]
    for step, here in itertools.product(range(1, most + 1), labels):
        is_here = lambda steps: place_at(steps, step) == here
        place = part.name(f"step {step} {here}", by_number(part, journeys, is_here))
        if step == most:
            continue
        shown = []
        for there in labels + [GONE]:
            goes = lambda steps: is_here(steps) and place_at(steps, step + 1) == there
            name = part.name(f"step {step} {here} > {there}", by_number(part, journeys, goes))
            if ((step, here), EXIT if there == GONE else (step + 1, there)) in arcs:
                shown.append(name)
        part.model.remainders.append(Group(place, tuple(shown)))


def read_funnel(part):
    """A funnel: at least so many people reach a step, in the loosest sense of its order."""
    order, spec = part.spec["order"], part.spec
    part.people(part.cohort)
    for number, step in enumerate(part.view["steps"]):
        wanted = tuple(other["label"] for other in part.view["steps"][: number + 1])
        reached = part.select(lambda steps: reaches(spec, order, steps, wanted))
        part.name(f"funnel {' > '.join(wanted)}", reached)
        if step["count"]:
            part.model.between(part.model.rounded(step["count"])[0], math.inf, reached, f"{part.place}: step {number + 1}")


def reaches(spec, order, steps, wanted):
    if order == "any":
        return all(label in steps for label in wanted)
    if order == "this":
        rest = iter(steps)
        return all(label in rest for label in wanted)
    steps = collapsed(steps) if spec.get("collapse", True) else steps
    return any(steps[at : at + len(wanted)] == wanted for at in range(len(steps)))


def read_timing(part):
    """Times between two steps: everybody who takes the one and later the other is in one bin."""
    start, end = part.spec["from_label"], part.spec["to_label"]
    takes = lambda steps: start in steps and end in steps[steps.index(start) + 1 :]
    people = part.select(takes)
    part.people(people)
    part.name("timing", people)
    bins = read_bins(part)
    part.model.spread(np.nonzero(people)[0].tolist(), bins, f"{part.place}: bins")


def read_trend(part):
    """People by day: everybody is in one bin at least, and in each at most once."""
    model, label = part.model, part.spec.get("label")
    people = part.select(lambda steps: label is None or label in steps)
    part.people(people)
    part.name("trend", people)
    bins, kinds = read_bins(part), dict.fromkeys(np.nonzero(people)[0].tolist(), 1)
    for column in bins:
        model.row(0, math.inf, {**kinds, column: -1}, f"{part.place}: a bin is of these people")
    model.row(-math.inf, 0, {**kinds, **dict.fromkeys(bins, -1)}, f"{part.place}: all bins")


def read_bins(part):
    columns = []
    for number, bin in enumerate(part.view["bins"]):
        columns.append(part.model.column())
        part.model.row(*part.model.rounded(bin["count"]), {columns[-1]: 1}, f"{part.place}: bin {number + 1}")
    return columns


READ = {"map": read_map, "flow": read_flow, "paths": read_paths, "funnel": read_funnel, "timing": read_timing, "trend": read_trend}


def told_parts(views):
    """All parts of all views that have people, each with the name of its view and words for its place."""
    for name, view in views.items():
        for number, part in enumerate(parts_of(view)):
            if part["people"]:
                yield name, (name if part is view else f"{name}, part {number + 1}"), part


def told_names(views):
    """Labels and values of the attribute that a package names."""
    labels, values = set(), set()
    for _, _, part in told_parts(views):
        spec, cohort = part["spec"], part["spec"].get("cohort") or {}
        items = [item for key in ("nodes", "starts", "ends", "steps") for item in part.get(key, [])]
        items += [step for path in part.get("paths", []) for step in path["steps"]]
        labels.update(item["label"] for item in items if item["label"] != OTHER)
        labels.update(spec[key] for key in ("anchor_label", "until_label", "from_label", "to_label", "label") if spec.get(key))
        for rule in ("did", "did_not"):
            labels.update(cohort.get(rule, []))
        for rule in ("where", "where_not"):
            values.update(where["value"] for where in cohort.get(rule, []))
    return sorted(labels), sorted(values)


def most_splits(views):
    """The most parts whose rounded numbers may be summed to the number of everybody elsewhere."""
    drawn = lambda part: "drawn_for" in part["spec"] or part["view"] in ("flow", "paths", "funnel")
    splits = [parts_of(view) for view in views.values() if any(map(drawn, parts_of(view)))]
    return max(map(len, splits), default=1)


def understand(views, k, base, size, rng):
    """Everything a package says, as a model."""
    labels, values = told_names(views)
    model = Model(k, base, labels, [HIDDEN.format(n) for n in range(size.hidden)], values, size, rng)
    splits = most_splits(views)
    places = {}
    for name, place, view in told_parts(views):
        READ[view["view"]](Part(model, place, view, splits))
        places.setdefault(name, []).append(place)
    for parts in places.values():
        name_beyond(model, parts)
    return model


def name_beyond(model, parts):
    """Who is counted elsewhere, and in the same words in no part of this breakdown."""
    for full in model.named:
        place, words = full.split(": ", 1)
        same = tuple(f"{part}: {words}" for part in parts if f"{part}: {words}" in model.named)
        if len(parts) > 1 and place not in parts:
            model.remainders.append(Group(full, same))


# --- the attack -----------------------------------------------------------------------------------


class Solver:
    """A model in HiGHS; each question adds one row and takes it away again."""

    def __init__(self, model):
        self.types, self.columns, self.count = len(model.types), model.columns, len(model.rows)
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("mip_max_nodes", MOST_NODES)):
            self.highs.setOptionValue(option, value)
        self.highs.passModel(self.program(model))

    @staticmethod
    def program(model):
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = model.columns, len(model.rows)
        program.col_cost_ = np.zeros(model.columns)
        program.col_lower_ = np.zeros(model.columns)
        program.col_upper_ = np.full(model.columns, float(MOST_PEOPLE))
        program.row_lower_ = np.array([float(low) for low, _, _, _ in model.rows])
        program.row_upper_ = np.array([float(high) for _, high, _, _ in model.rows])
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        terms = [terms for _, _, terms, _ in model.rows]
        program.a_matrix_.start_ = np.array([0, *itertools.accumulate(map(len, terms))], dtype=np.int32)
        program.a_matrix_.index_ = np.array([column for row in terms for column in row], dtype=np.int32)
        program.a_matrix_.value_ = np.array([by for row in terms for by in row.values()], dtype=float)
        # Whole people of each type are enough: how they are drawn may be split without harm.
        whole, parts = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        program.integrality_ = [whole] * len(model.types) + [parts] * (model.columns - len(model.types))
        return program

    def solve(self, costs=None):
        """People by type that fit everything; False where there are none, None where that is not known."""
        costs = np.zeros(self.columns) if costs is None else costs
        self.highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), costs)
        self.highs.run()
        if self.highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            return np.rint(np.array(self.highs.getSolution().col_value[: self.types])).astype(int)
        return False if self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible else None

    def with_group(self, members, low, high):
        """As `solve`, where the group is between these."""
        at = np.nonzero(members)[0].astype(np.int32)
        self.highs.addRow(float(low), float(high), len(at), at, np.ones(len(at)))
        found = self.solve()
        self.highs.deleteRows(1, np.array([self.count], dtype=np.int32))
        return found

    def at_lot(self, rng):
        """Some people that fit everything."""
        costs = np.zeros(self.columns)
        costs[: self.types] = [rng.choice([-3, -1, 0, 1, 2]) for _ in range(self.types)]
        return self.solve(costs)

    def admits(self, people):
        """Whether exactly these people fit everything."""
        kinds = np.arange(self.types, dtype=np.int32)
        self.highs.changeColsBounds(self.types, kinds, people.astype(float), people.astype(float))
        found = self.solve()
        self.highs.changeColsBounds(self.types, kinds, np.zeros(self.types), np.full(self.types, float(MOST_PEOPLE)))
        return found is not False and found is not None


def small_groups(model, truth):
    """How many groups a reader can name, and those of them that really are of 1 to k-1 people.

    Of two that always are the same people, one is enough.
    """
    distinct = {}
    for name, vector in model.named.items():
        distinct.setdefault(vector.tobytes(), name)
    names = list(distinct.values())
    vectors = np.array([model.named[name] for name in names], dtype=np.float32)
    # Row, column: how many types of the one are not in the other.
    outside = vectors @ (1 - vectors).T
    groups = [Group(name, ()) for name in names]
    groups += [Group(model.among[name], (name,)) for name in names if name != model.among[name]]
    groups += [Group(names[outer], (names[inner],)) for inner, outer in zip(*np.nonzero(outside == 0)) if inner != outer]
    groups += [group for group in model.remainders if group.without]
    sizes, small = {name: int(model.named[name] @ truth) for name in model.named}, {}
    for group in groups:
        # The parts may overlap, so that this is the least there can be.
        if sizes[group.inside] - sum(sizes[other] for other in group.without) >= model.k:
            continue
        members = model.members(group)
        if 1 <= members @ truth < model.k:
            small.setdefault(members.tobytes(), group)
    return len(groups), list(small.values())


Answer = namedtuple("Answer", "proven undecided")


def ask(model, solver, groups, rng):
    """Which of these groups are provably of 1 to k-1 people."""
    proven, undecided = [], []
    if not groups:
        return Answer(proven, undecided)
    members = np.array([model.members(group) for group in groups], dtype=int)
    is_open = np.ones(len(groups), dtype=bool)

    def seen(people):
        """Whatever is possible with one group is possible with all others too."""
        sizes = members @ people
        is_open[(sizes == 0) | (sizes >= model.k)] = False

    for _ in range(2):
        people = solver.at_lot(rng)
        if people is not None and people is not False:
            seen(people)
    while is_open.any():
        number = int(np.argmax(is_open))
        is_open[number] = False
        answers = []
        for low, high in ((model.k, math.inf), (0, 0)):
            answers.append(solver.with_group(members[number], low, high))
            if isinstance(answers[-1], np.ndarray):
                seen(answers[-1])
                break
        else:
            (proven if answers == [False, False] else undecided).append(groups[number])
    return Answer(proven, undecided)


def attack(views, k, base, people, first, rng):
    """Groups that are proven small whatever the size of the model, how many were named, how many are undecided."""
    model = understand(views, k, base, first, rng)
    truth, solver = model.truth(people), Solver(model)
    if not solver.admits(truth):
        raise Wrong(f"the numbers do not fit the people: {broken(model, truth)}")
    named, groups = small_groups(model, truth)
    proven, undecided = ask(model, solver, groups, rng)
    for longer, more in ((1, 0), (2, 0), (1, 1)):
        if not proven:
            break
        size = Size(first.all, first.longest + longer, first.hidden + more)
        model = understand(views, k, base, size, rng)
        proven, unsure = ask(model, Solver(model), proven, rng)
        undecided = undecided + unsure
    return proven, named, undecided


def broken(model, truth):
    """What the true people do not keep to, as far as it can be seen without knowing how they are drawn."""
    for low, high, terms, place in model.rows:
        if all(column < len(truth) for column in terms):
            total = sum(by * int(truth[column]) for column, by in terms.items())
            if not low <= total <= high:
                return f"{place}: {total} is not between {low} and {high}"
    return "there is no way to draw them"


# --- a run ----------------------------------------------------------------------------------------


def examine(seed, kind, program, folder, tally):
    """Makes, releases and attacks one package; yields what is wrong with it."""
    rng, shape = random.Random(seed), SHAPES[kind]
    people = random_log(rng, shape)
    spec = random_spec(rng, people)
    k, base = spec["policy"]["k"], spec["policy"]["b"]
    heading, *rows = rows_of(people)
    begin = time.monotonic()
    content = release(program, folder, [heading, *rows], spec)
    tally["seconds"] += time.monotonic() - begin
    if content is None:
        tally["refused"] += 1
        return
    tally["released"] += 1
    if seed % 7 == 0:
        rng.shuffle(rows)
        if release(program, folder, [heading, *rows], spec) != content:
            yield "the same rows in another order give another package"
    files, views = read_package(content)
    yield from without_sense(files, views, people, k, base)
    hidden = len(set(labels_of(people)) - set(told_names(views)[0]))
    longest = max(shape.lengths)
    first = Size(longest, longest, max(1, hidden))
    proven, named, undecided = attack(views, k, base, people, first, rng)
    tally["groups"] += named
    tally["undecided"] += len(undecided)
    for group in proven:
        yield f"provably 1 to {k - 1} people: {words_of_group(group)}"


def tell(seed, kind, found):
    """Says what is wrong with a package, and what it was made of."""
    rng = random.Random(seed)
    people = random_log(rng, SHAPES[kind])
    print(f"Package {seed} (again: --seed {seed} --packages 1 --labels {kind}):", file=sys.stderr)
    print("\n".join(f"  {line}" for line in found), file=sys.stderr)
    journeys = Counter(" > ".join(person.steps) + (f" ({person.value})" if person.value else "") for person in people)
    lines = [f"{count} people {steps}" for steps, count in sorted(journeys.items())]
    print("\n".join(f"    {line}" for line in lines + toml(random_spec(rng, people)).splitlines()), file=sys.stderr)


def built_program():
    subprocess.run(["cargo", "build", "--locked"], cwd=ROOT, check=True)
    target = os.environ.get("CARGO_TARGET_DIR") or "target"
    return os.path.join(ROOT, target, "debug", "trodden")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--packages", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--labels", choices=["few", "wide", "both"], default="both", help="two to four labels, five or six, or both: every twentieth package then has more")
    options.add_argument("--program", help="the program to ask; without it, it is built")
    options = options.parse_args()
    program = os.path.abspath(options.program) if options.program else built_program()
    begin, tally, wrong = time.monotonic(), Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seed, options.seed + options.packages):
            kind = options.labels if options.labels != "both" else "few" if seed % 20 else "wide"
            try:
                found = list(examine(seed, kind, program, folder, tally))
            except Wrong as error:
                found = [str(error)]
            if found:
                wrong += 1
                tell(seed, kind, found)
    print(
        f"{options.packages} packages, of which {tally['released']} were released and {tally['refused']} refused; "
        f"{tally['groups']} groups, {tally['undecided']} undecided; {wrong} packages are wrong. "
        f"Done in {time.monotonic() - begin:.1f} s, {tally['seconds']:.1f} s of it by the program."
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
