"""Tables with many projects in their rows, the name on each project's first row only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from registry.findings import Finding, finding
from registry.labels import Label, is_hint, words
from registry.parser_amounts import put_amount
from registry.parser_head import PlanHead
from registry.parser_indicators import indicators_of, is_indicator, row_findings
from registry.parser_rows import Found
from registry.parser_table import Header, TableRow
from registry.parser_values import clean_text, split_contact, tidy, unit_name
from registry.plan import AMOUNT_FIELDS, TEXT_FIELDS, Plan
from registry.sheet import Cell, Row

TARGET = ("value", "sign", "unit_of_measure", "points")


@dataclass(slots=True)
class Group:
    """The rows of one project."""

    name: str
    first: TableRow
    rows: list[TableRow] = field(default_factory=list)


def list_plans(
    rows: Sequence[Row],
    header: Header,
    matched: Sequence[TableRow],
    head: PlanHead,
    findings: list[Finding],
) -> list[Plan]:
    """The plans of a table of projects, in its order."""
    plans = []
    torn = _torn(matched)
    for row in torn:
        place = row.cells["project.name"].place
        findings.append(finding("row-torn", place=place, value=tidy(row.text("project.name"))))
    groups, orphans = _groups(rows, [row for row in matched if row not in torn])
    if orphans:
        place = orphans[0].cells["name"].place
        findings.append(finding("rows-without-project", place=place, value=len(orphans)))
    for group in groups:
        if not any(is_indicator(row) for row in group.rows):
            place = group.first.cells["project.name"].place
            findings.append(finding("project-without-indicators", place=place, value=group.name))
            continue
        indicators = indicators_of(group.rows)
        own = _head_of(group, header, head)
        plan, found = own.plan(indicators)
        findings += found
        findings += row_findings(indicators, plan.name)
        plans.append(plan)
    return plans


def _groups(rows: Sequence[Row], matched: Sequence[TableRow]) -> tuple[list[Group], list[TableRow]]:
    groups: list[Group] = []
    orphans: list[TableRow] = []
    merges = _merges_names(matched)
    for row in matched:
        if merges and _begins_unnamed(row, orphans):
            orphans.append(row)
            continue
        name = tidy(row.text("project.name")) if row.begins("project.name") else ""
        if name and not is_hint(name) and name not in words("sums"):
            if not (groups and _goes_on(rows, groups[-1], row, name)):
                groups.append(Group(name, row, orphans))
                orphans = []
        elif _is_subtotal(row):
            continue
        if groups:
            groups[-1].rows.append(row)
        elif row.text("name") and row.text("value"):
            orphans.append(row)
    return groups, orphans


def _torn(matched: Sequence[TableRow]) -> list[TableRow]:
    """The halves of rows that a page's edge cut and that could not be put together: below the edge
    stands the rest of a name without a target. Neither half is a project's own row."""
    halves: list[TableRow] = []
    for above, row in pairwise(matched):
        if not _is_named_only(row):
            continue
        pages = (above.cells["project.name"].place.page, row.cells["project.name"].place.page)
        if pages[0] == pages[1] or None in pages or not above.begins("project.name"):
            # Such rows are this table's way of opening a project.
            return []
        halves += [above, row]
    return halves


def _is_named_only(row: TableRow) -> bool:
    if not row.begins("project.name") or not row.text("project.name"):
        return False
    return not any(row.text(role) for role in row.cells if role.startswith(TARGET))


def _merges_names(matched: Sequence[TableRow]) -> bool:
    """Whether a project's name is one cell over its rows, and not one above blank cells: on a page
    of merged cells no name begins below a blank one. Cells over a page's edge are tall anyway."""
    begun = [row for row in matched if row.begins("project.name") and row.text("name")]
    cells = [row.cells["project.name"] for row in begun]
    pages = [(cell.text.strip(), cell.place.page) for cell in cells]
    over_blanks = any(not name and page == below for (name, page), (_, below) in pairwise(pages))
    return not over_blanks and any(cell.height > 1 for cell in cells)


def _begins_unnamed(row: TableRow, orphans: list[TableRow]) -> bool:
    """Rows at the foot of a page whose merged name cell prints its text on the next page only."""
    if row.text("project.name"):
        return False
    if row.begins("project.name"):
        return bool(row.text("name"))
    return bool(orphans)


def _goes_on(rows: Sequence[Row], group: Group, row: TableRow, name: str) -> bool:
    """The name printed again: on a new page, or on each of the project's rows."""
    if name != group.name:
        return False
    new_page = rows[row.index].table != rows[group.rows[-1].index].table if group.rows else False
    each_row = all(tidy(r.text("project.name")) == name for r in group.rows)
    amounts_agree = row.text("project.total") in ("", group.first.text("project.total"))
    return amounts_agree and (new_page or each_row)


def _is_subtotal(row: TableRow) -> bool:
    """A department's own row: a unit and an amount, no project and no indicator."""
    if row.text("name") or row.text("value"):
        return False
    return any(
        role.startswith("project.") and row.text(role) and row.begins(role) for role in row.cells
    )


def _head_of(group: Group, header: Header, shared: PlanHead) -> PlanHead:
    out = PlanHead(
        values={
            k: v for k, v in shared.values.items() if k not in ("name", "total", "amount_unit")
        },
        printed={k: v for k, v in shared.printed.items() if k != "name"},
        places={k: v for k, v in shared.places.items() if k != "name"},
        unit_line=shared.unit_line,
    )
    out.values["name"] = group.name
    out.places["name"] = group.first.cells["project.name"].place
    for column in header.columns:
        if not column.role.startswith("project."):
            continue
        cell = _first_given(group, column.role)
        if cell is not None:
            _read_column(column.role.removeprefix("project."), column.text, column.unit, cell, out)
    return out


def _first_given(group: Group, role: str) -> Cell | None:
    cell = group.first.cells.get(role)
    if cell is not None and cell.text.strip():
        return cell
    for row in group.rows:
        other = row.cells.get(role)
        if other is not None and other.text.strip():
            return other
    return cell


def _read_column(name: str, label_text: str, unit: str | None, cell: Cell, out: PlanHead) -> None:
    if name == "name":
        return
    found = Found(Label(name, 5, unit, label_text), label_text, cell.text, cell.place, 0, 0)
    if name in AMOUNT_FIELDS:
        put_amount(name, found, unit or out.unit_line, out)
        return
    out.places[name] = cell.place
    text = cell.text.strip()
    if not text:
        out.blank.add(name)
        return
    if name in TEXT_FIELDS:
        out.values[name] = clean_text(text)
    elif name == "contact_person":
        person, phone = split_contact(text)
        if person:
            out.values["contact_person"] = person
        if phone:
            out.values["contact_phone"] = phone
    elif name == "contact_phone":
        out.values["contact_phone"] = tidy(text)
    else:
        out.values[name] = unit_name(text)
    if out.values.get(name) != cell.text:
        out.printed[name] = cell.text
