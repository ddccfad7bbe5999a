"""Medians of the repeats as Markdown, with the facts of the machine."""

import datetime
import os
import platform
import statistics
from pathlib import Path

from .scenarios import SCENARIOS, Figure, Report, Scenario
from .servers import Server

Results = dict[tuple[str, str], list[Report]]


def median(results: Results, scenario: Scenario, figure: Figure, server: Server) -> float | None:
    """The median over the repeats, or nothing where every repeat failed."""
    reports = results.get((scenario.name, server.name), [])
    return statistics.median(figure.read(report) for report in reports) if reports else None


def render(results: Results, scenarios: list[Scenario], rows: list[Server], repeats: int, failures: list[str]) -> str:
    """The whole report."""
    peers = [row for row in rows if row.beside not in {other.name for other in rows}]
    parts = [
        facts(rows, repeats),
        figures(results, scenarios, peers),
        variants(results, scenarios, rows),
        shares(results, scenarios, rows),
    ]
    if failures:
        parts.append("Runs without a figure:\n\n" + "\n".join(f"- {failure}" for failure in failures))
    return "\n\n".join(part for part in parts if part) + "\n"


def facts(rows: list[Server], repeats: int) -> str:
    """Where and when, and what was compared."""
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.machine(),
    )
    versions = "; ".join(f"{row.title}: {row.version()}{f' ({row.note})' if row.note else ''}" for row in rows)
    date = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return (
        f"{date}, {os.cpu_count()} cores ({model}), Linux {platform.release()}; medians of {repeats}.\n{versions}."
    )


def figures(results: Results, scenarios: list[Scenario], rows: list[Server]) -> str:
    """A line a figure, a column a server."""
    ratio = any(row.name.startswith("roost") for row in rows) and any(not row.name.startswith("roost") for row in rows)
    lines = [
        "| | " + " | ".join(row.title for row in rows) + (" | embedded to best peer |" if ratio else " |"),
        "| --- |" + " ---: |" * (len(rows) + ratio),
    ]
    for scenario in scenarios:
        for figure in scenario.figures:
            values = {row.name: median(results, scenario, figure, row) for row in rows}
            cells = [cell(values[row.name], scenario, figure, row) for row in rows]
            if ratio:
                cells.append(against_peers(values, figure))
            lines.append(f"| {figure.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(value: float | None, scenario: Scenario, figure: Figure, row: Server) -> str:
    """A figure, or why there is none."""
    if value is not None:
        return f"{value:.{figure.digits}f} {figure.unit}".strip()
    return "failed" if scenario.suits(row, is_named=True) else "–"


def variants(results: Results, scenarios: list[Scenario], rows: list[Server]) -> str:
    """A line a figure of each server that is another in one respect, and how many times the other's it is."""
    lines = [
        "| | | figure | beside | its figure | ratio, median of the repeats |",
        "| --- | --- | ---: | --- | ---: | ---: |",
    ]
    names = {row.name: row for row in rows}
    for row in rows:
        other = names.get(row.beside or "")
        if other is None:
            continue
        for scenario in scenarios:
            mine, theirs = results.get((scenario.name, row.name), []), results.get((scenario.name, other.name), [])
            if not mine or not theirs:
                continue
            for figure in scenario.figures:
                # Repeat by repeat, as they ran one after the other.
                ratio = statistics.median(figure.read(a) / figure.read(b) for a, b in zip(mine, theirs))
                cells = [
                    f"{median(results, scenario, figure, server):.{figure.digits}f} {figure.unit}".strip()
                    for server in (row, other)
                ]
                lines.append(f"| {row.title} | {figure.title} | {cells[0]} | {other.title} | {cells[1]} | {ratio:.2f} × |")
    return "\n".join(lines) if len(lines) > 2 else ""


def against_peers(values: dict[str, float | None], figure: Figure) -> str:
    """How many times the best peer's figure the embedded server's is."""
    peers = [value for name, value in values.items() if value and not name.startswith("roost")]
    ours = values.get("roost")
    if not peers or ours is None:
        return "–"
    return f"{ours / (max(peers) if figure.more_is_better else min(peers)):.2f} ×"


def shares(results: Results, scenarios: list[Scenario], rows: list[Server]) -> str:
    """Where CPU went: each charged process, the kernel's part of it, and how busy server and generator were."""
    lines = [
        "| CPU, median run | " + " | ".join(row.title for row in rows) + " |",
        "| --- |" + " --- |" * len(rows),
    ]
    for scenario in scenarios:
        if scenario.name.startswith("idle"):
            continue
        cells = [share(results.get((scenario.name, row.name), [])) for row in rows]
        lines.append(f"| {scenario.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def share(reports: list[Report]) -> str:
    """`server 97 % (71 % kernel), redis 20 % …; generator 60 %`, of one core each."""
    if not reports:
        return "–"
    middle = sorted(reports, key=lambda report: report["cpu"]["server"]["cpuSeconds"])[len(reports) // 2]
    seconds = middle["seconds"]
    parts = []
    for label, cpu in middle["cpu"].items():
        kernel = cpu["system"] / cpu["cpuSeconds"] if cpu["cpuSeconds"] else 0
        parts.append(f"{label} {cpu['cpuSeconds'] / seconds:.0%} ({kernel:.0%} kernel)")
    parts.append(f"generator {middle['generatorCpuSeconds'] / seconds:.0%}")
    return ", ".join(parts)


def chosen(names: str | None) -> list[Scenario]:
    """The scenarios with the given comma-separated names, all of them by default."""
    if not names:
        return SCENARIOS
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in {scenario.name for scenario in SCENARIOS}]
    if unknown:
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are {', '.join(s.name for s in SCENARIOS)}")
    return [scenario for scenario in SCENARIOS if scenario.name in wanted]
