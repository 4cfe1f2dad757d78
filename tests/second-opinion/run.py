#!/usr/bin/env python3
"""A second opinion on the attacker: random tables, attacked by Trodden and by HiGHS.

Trodden reads the tables from a file and writes its answers (a test of `tests/audit.rs`). Here every
interval is found again by HiGHS, as a linear or a mixed integer program, and every finding is
derived again from these intervals. Any difference is an error.

    python3 -m venv VENV && VENV/bin/pip install -r tests/second-opinion/requirements.txt
    VENV/bin/python tests/second-opinion/run.py [--tables 2400] [--seed 1] [--answer-with COMMAND]
"""

import argparse
import itertools
import json
import math
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter

import highspy

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ANSWER_WITH = "cargo test --locked --test audit -- --ignored --exact tables_for_a_second_opinion_are_answered"


# --- random tables -------------------------------------------------------------------------------


def cell(rng, value, hidden, bins=None):
    """A cell of this value: hidden, published, or published as the bin of width `bins` around it."""
    if rng.random() < hidden:
        return {"status": "suppressed", "value": value}
    if bins is None:
        return {"status": "published", "value": value}
    low = value // bins * bins
    if rng.random() < 0.5:
        return {"status": "published", "value": low, "published_as": [low, low + bins - 1]}
    return {"status": "published", "value": low, "published_as": [max(0, low - bins + 1), low + bins - 1]}


def margins(rng, shape, hidden, bins=None, most=9):
    """A table of counts in two or three ways, with all its margins."""
    cells, constraints = {}, []
    ways = [list(range(size)) + ["sum"] for size in shape]
    inner = {at: rng.choice([0, 0, 1, 2, rng.randint(0, most)]) for at in itertools.product(*(range(s) for s in shape))}
    name = lambda at: "|".join(map(str, at))
    for at in itertools.product(*ways):
        value = sum(v for inside, v in inner.items() if all(a in ("sum", i) for a, i in zip(at, inside)))
        margin = sum(a == "sum" for a in at)
        cells[name(at)] = cell(rng, value, hidden if margin == 0 else hidden / 3 if margin < len(shape) else 0, bins)
    for way, size in enumerate(shape):
        rest = [w for i, w in enumerate(ways) if i != way]
        for at in itertools.product(*rest):
            place = lambda a: name(at[:way] + (a,) + at[way:])
            terms = {place(a): 1 for a in range(size)}
            terms[place("sum")] = -1
            constraints.append({"terms": terms})
    return cells, constraints


def flow(rng, hidden, bins=None):
    """A flow of a few steps and nodes, with its nodes and exits."""
    cells, constraints = {}, []
    width, steps = rng.randint(2, 4), rng.randint(2, 4)
    here = {n: rng.randint(0, 20) for n in range(width)}
    for step in range(steps):
        for n, people in here.items():
            cells[f"n{step}:{n}"] = cell(rng, people, hidden / 3, bins)
        if step == steps - 1:
            break
        after = dict.fromkeys(range(width), 0)
        for n, people in here.items():
            terms = {f"n{step}:{n}": -1}
            split = Counter(rng.choice([*range(width), "exit"]) for _ in range(people))
            for to in [*range(width), "exit"]:
                edge = f"e{step}:{n}>{to}"
                cells[edge] = cell(rng, split[to], hidden, bins)
                terms[edge] = 1
                if to != "exit":
                    after[to] += split[to]
            constraints.append({"name": f"out {step}:{n}", "terms": terms})
        for to in range(width):
            terms = {f"e{step}:{n}>{to}": 1 for n in here}
            constraints.append({"name": f"in {step}:{to}", "terms": {**terms, f"n{step + 1}:{to}": -1}})
        here = after
    return cells, constraints


def mixture(rng, fractions=False):
    """Any relations with small coefficients, around a table that fits or, now and then, none."""
    count = rng.randint(2, 7)
    grain = 0.5 if fractions else 1
    values = [rng.randint(0, 10) * grain for _ in range(count)]
    cells, constraints = {}, []
    for i, value in enumerate(values):
        cells[f"x{i}"] = cell(rng, value, 0.75)
        if cells[f"x{i}"]["status"] == "suppressed" and rng.random() < 0.6:
            cells[f"x{i}"]["ub"] = value + rng.randint(0, 6) * grain
        if cells[f"x{i}"]["status"] == "suppressed" and rng.random() < 0.15:
            cells[f"x{i}"]["status"] = "latent"
    for _ in range(rng.randint(1, 4)):
        chosen = rng.sample(range(count), rng.randint(1, min(4, count)))
        terms = {f"x{i}": rng.choice([-3, -2, -1, 1, 1, 1, 2, 3, 5]) for i in chosen}
        total = sum(by * values[int(x[1:])] for x, by in terms.items())
        sense = rng.choice(["=", "=", "<=", ">="])
        off = rng.randint(0, 3) * (1 if sense == "<=" else -1) if sense != "=" else 0
        if rng.random() < 0.1:
            total += rng.choice([-1, 1])
        constraints.append({"terms": terms, "sense": sense, "rhs": total + off})
    return cells, constraints


def shares(rng):
    """Hidden counts behind rounded percentages of rounded numbers."""
    people = rng.randint(20, 90)
    base = rng.choice([1, 3, 5])
    low = people // base * base
    cells = {"n": {"status": "published", "value": low, "published_as": [low, low + base - 1]}}
    constraints, left = [], people
    for i in range(rng.randint(1, 4)):
        count = rng.randint(0, left)
        left -= count
        cells[f"x{i}"] = {"status": "suppressed", "value": count}
        tenths = round(1000 * count / people)
        constraints.append({"terms": {f"x{i}": 1000, "n": -(tenths - 0.5)}, "sense": ">="})
        constraints.append({"terms": {f"x{i}": 1000, "n": -(tenths + 0.5)}, "sense": "<="})
    constraints.append({"terms": {**{x: 1 for x in cells if x != "n"}, "n": -1}, "sense": "<="})
    return cells, constraints


def random_table(rng):
    kind = rng.choice(["two ways", "three ways", "flow", "mixture", "fractions", "bins", "flow bins", "shares"])
    integer = rng.random() < 0.75
    hidden = rng.choice([0.3, 0.5, 0.8])
    if kind == "two ways":
        cells, constraints = margins(rng, [rng.randint(2, 4), rng.randint(2, 4)], hidden)
    elif kind == "three ways":
        cells, constraints = margins(rng, [rng.randint(2, 3) for _ in range(3)], hidden, None, 3)
    elif kind == "flow":
        cells, constraints = flow(rng, hidden)
    elif kind == "bins":
        cells, constraints = margins(rng, [rng.randint(2, 3), rng.randint(2, 3)], hidden / 3, rng.choice([3, 5]))
    elif kind == "flow bins":
        cells, constraints = flow(rng, hidden / 3, rng.choice([3, 5]))
    elif kind == "shares":
        (cells, constraints), integer = shares(rng), True
    else:
        cells, constraints = mixture(rng, kind == "fractions")
        integer = integer and kind == "mixture"
    table = {"kind": kind, "k": rng.choice([3, 5, 10]), "integer": integer, "cells": cells, "constraints": constraints}
    if rng.random() < 0.5:
        table["min_width"] = rng.randint(1, 5)
    if rng.random() < 0.3:
        table["lb_suppressed"] = int(all(c["value"] >= 1 for c in cells.values() if c["status"] == "suppressed"))
    if len(cells) > 1 and rng.random() < 0.6:
        chosen = rng.sample(sorted(cells), min(len(cells), rng.randint(1, 3)))
        table["targets"] = [{"name": "target", "terms": {x: rng.choice([1, 1, -1, 2]) for x in chosen}}]
    suppressed = [x for x, c in cells.items() if c["status"] == "suppressed"]
    if suppressed and rng.random() < 0.4:
        table["insiders"] = [{"name": "insider", "knows": [rng.choice(suppressed)]}]
    return table


# --- the second opinion --------------------------------------------------------------------------

TINY = 1e-6


class Unfeasible(Exception):
    pass


class Model:
    """One table as a HiGHS model; each question changes only its costs."""

    def __init__(self, table, known=()):
        self.ids = sorted(table["cells"])
        self.at = {x: i for i, x in enumerate(self.ids)}
        self.integer = table["integer"]
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.setOptionValue("mip_abs_gap", 1e-6)
        self.bounds = {}
        for x in self.ids:
            c = table["cells"][x]
            if "published_as" in c:
                low, high = c["published_as"]
            elif c["status"] == "published":
                low = high = c["value"]
            else:
                least = table.get("lb_suppressed", 0) if c["status"] == "suppressed" else 0
                low, high = c.get("lb", least), math.inf
            low, high = max(low, c.get("lb", -math.inf)), min(high, c.get("ub", math.inf))
            self.bounds[x] = (low, high)
            if x in known:
                low, high = max(low, c["value"]), min(high, c["value"])
            if low > high:
                raise Unfeasible
            self.highs.addVar(low, high)
        for c in table["constraints"]:
            rhs, sense = c.get("rhs", 0), c.get("sense", "=")
            low = -highspy.kHighsInf if sense == "<=" else rhs
            high = highspy.kHighsInf if sense == ">=" else rhs
            terms = [(self.at[x], by) for x, by in c["terms"].items()]
            self.highs.addRow(low, high, len(terms), [i for i, _ in terms], [float(by) for _, by in terms])
        if self.solve({}, 1) is None:
            raise RuntimeError("no cost, and yet no end")

    def solve(self, terms, sign):
        """The least of sign × terms, times sign; None where there is no end.

        Most corners of the linear program are whole, and then nothing whole is further out.
        """
        costs = [0.0] * len(self.ids)
        for x, by in terms.items():
            costs[self.at[x]] = float(sign * by)
        self.highs.changeColsCost(len(costs), range(len(costs)), costs)
        status = self.run()
        if self.integer and status == highspy.HighsModelStatus.kOptimal:
            if any(abs(x - round(x)) > TINY for x in self.highs.getSolution().col_value):
                self.set_kind(highspy.HighsVarType.kInteger)
                self.highs.clearSolver()
                status = self.run()
                self.set_kind(highspy.HighsVarType.kContinuous)
        if status == highspy.HighsModelStatus.kOptimal:
            value = sign * self.value
            return round(value) if self.integer else value
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Unfeasible
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return None
        raise RuntimeError(f"HiGHS says {status}")

    def run(self):
        self.highs.run()
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kUnknown:
            # The corner of the question before was no good place to start from.
            self.highs.clearSolver()
            self.highs.run()
        self.value = self.highs.getInfo().objective_function_value
        return self.highs.getModelStatus()

    def set_kind(self, kind):
        count = len(self.ids)
        self.highs.changeColsIntegrality(count, range(count), [kind] * count)

    def interval(self, terms):
        return [self.solve(terms, 1), self.solve(terms, -1)]


def exact(i):
    return None not in i and i[1] - i[0] < TINY


def below(i, k):
    return i[1] is not None and i[1] < k - TINY


def group(i, k):
    return i[0] is not None and i[0] > TINY and below(i, k)


def aims(table):
    """What is attacked: id → (terms, published bin or None)."""
    found = {}
    for x, c in table["cells"].items():
        published = c["status"] == "published"
        bin = c.get("published_as") if published else None
        if c["status"] == "suppressed" or (bin and bin[0] < bin[1]):
            found[x] = ({x: 1}, bin)
    for target in table.get("targets", []):
        found[target["name"]] = (target["terms"], None)
    return found


def second_opinion(table):
    model = Model(table)
    intervals = {x: model.interval(terms) for x, (terms, _) in aims(table).items()}
    k, width = table["k"], table.get("min_width")
    answer = {"exact": [], "small": [], "narrow": [], "residual": [], "intervals": intervals, "insiders": {}}
    for x, (_, bin) in aims(table).items():
        i = intervals[x]
        proves = lambda rule: rule(i) and not (bin and rule(bin))
        if proves(exact):
            answer["exact"].append(x)
        if proves(lambda i: below(i, k)) or (bin and proves(lambda i: group(i, k))):
            answer["small"].append(x)
        if width is not None and None not in i and proves(lambda i: i[1] - i[0] < width - TINY):
            answer["narrow"].append(x)
    for index, c in enumerate(table["constraints"]):
        hidden = {x: by for x, by in c["terms"].items() if table["cells"][x]["status"] != "published"}
        if c.get("sense", "=") != "=" or not any(table["cells"][x]["status"] == "suppressed" for x in hidden):
            continue
        if len({by > 0 for by in hidden.values()}) == 1 and group(model.interval(dict.fromkeys(hidden, 1)), k):
            answer["residual"].append(c.get("name", f"c{index}"))
    for insider in table.get("insiders", []):
        model, knows = Model(table, insider["knows"]), set(insider["knows"])
        seen = lambda x: table["cells"][x]["status"] == "published" and len({*table["cells"][x].get("published_as", [0])}) == 1
        found = []
        for x, (terms, bin) in aims(table).items():
            if all(y in knows or seen(y) for y in terms):
                continue
            i = model.interval(terms)
            proves = lambda rule: rule(i) and not (bin and rule(bin))
            if proves(exact) or proves(lambda i: group(i, k)):
                found.append(x)
        if found:
            answer["insiders"][insider["name"]] = found
    lists = ["exact", "small", "narrow", "residual", "insiders"]
    return {**answer, "safe": not any(answer[name] for name in lists)}


def differences(ours, theirs):
    for x, interval in theirs["intervals"].items():
        for mine, other in zip(ours["intervals"][x], interval):
            if (mine is None) != (other is None) or (mine is not None and abs(mine - other) > 1e-5):
                yield f"{x}: {ours['intervals'][x]} and {interval}"
                break
    if set(ours["intervals"]) != set(theirs["intervals"]):
        yield "not the same numbers were attacked"
    for name in ["exact", "small", "narrow", "residual"]:
        if sorted(ours[name]) != sorted(theirs[name]):
            yield f"{name}: {ours[name]} and {theirs[name]}"
    sorted_lists = lambda insiders: {name: sorted(ids) for name, ids in insiders.items()}
    if sorted_lists(ours["insiders"]) != sorted_lists(theirs["insiders"]):
        yield f"insiders: {ours['insiders']} and {theirs['insiders']}"
    if ours["safe"] != theirs["safe"]:
        yield f"safe: {ours['safe']} and {theirs['safe']}"


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--tables", type=int, default=2400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--answer-with", default=ANSWER_WITH, help="command that answers the tables")
    options = options.parse_args()
    rng = random.Random(options.seed)
    tables = [random_table(rng) for _ in range(options.tables)]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "tables.ndjson"), "w", encoding="utf-8") as out:
            out.writelines(json.dumps(table) + "\n" for table in tables)
        begin = time.monotonic()
        subprocess.run(shlex.split(options.answer_with), cwd=ROOT, check=True, env={**os.environ, "TRODDEN_SECOND_OPINION": folder})
        with open(os.path.join(folder, "answers.ndjson"), encoding="utf-8") as lines:
            answers = [json.loads(line) for line in lines]
    answered = time.monotonic()
    if len(answers) != len(tables):
        sys.exit(f"{len(tables)} tables were asked about and {len(answers)} answered.")
    kinds, wrong, refused, asked = Counter(), 0, 0, 0
    for number, (table, ours) in enumerate(zip(tables, answers)):
        kinds[table["kind"]] += 1
        try:
            theirs = second_opinion(table)
        except Unfeasible:
            theirs = None
        if theirs is None or "error" in ours:
            refused += theirs is None
            contradicts = "contradict" in ours.get("error", "") or "does not fit" in ours.get("error", "")
            found = [] if theirs is None and contradicts else [f"{ours} and {theirs}"]
        else:
            asked += len(theirs["intervals"])
            found = list(differences(ours, theirs))
        if found:
            wrong += 1
            print(f"Table {number} of seed {options.seed} ({table['kind']}): Trodden and HiGHS differ.", file=sys.stderr)
            print("\n".join(f"  {line}" for line in found[:5]), file=sys.stderr)
            if wrong <= 3:
                print(f"  {json.dumps(table)}", file=sys.stderr)
    spent = time.monotonic()
    print(
        f"{len(tables)} tables ({', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}), of which {refused} fit nothing; "
        f"{asked} intervals; {wrong} tables differ. Answered in {answered - begin:.1f} s, compared in {spent - answered:.1f} s."
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
