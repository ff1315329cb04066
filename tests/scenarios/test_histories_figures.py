"""The figures in rounds, job logs and chats agree with each other."""

import re
from collections.abc import Iterator

import pytest
from test_histories import LEVELS, cases


def pairs_of(text: str, sign: str) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in re.findall(rf"(?<![\d{sign}])(\d+){re.escape(sign)}(\d+)", text)]


def added(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(a for a, _ in pairs), sum(b for _, b in pairs)


def sums_in_games(wording: str, text: str) -> Iterator[tuple[tuple[int, int], list[tuple[int, int]]]]:
    """A total and what it adds up, for each pair."""
    lines = text.split("\n")
    if wording == "a":
        *rows, total = [pairs_of(line, ":") for line in lines if re.match(r"\| (\d+|Sum) \|", line)]
        assert 8 <= len(rows) <= 12
        yield from ((total[column], [row[column] for row in rows]) for column in range(3))
    elif wording == "b":
        groups = [pairs_of(group.split("\n\n")[0], ":") for group in text.split("\n**")[1:]]
        yield from ((group[-1], group[:-1]) for group in groups)
    else:
        rows = [found for line in lines if line.startswith("|") and (found := pairs_of(line, "/"))]
        assert all(9 <= len(row) <= 13 for row in rows)
        yield from ((row[-1], row[:-1]) for row in rows)


@pytest.mark.parametrize("level", LEVELS)
def test_credits_add_up(level: str) -> None:
    for case in cases("games"):
        found = list(sums_in_games(case.wording, case.texts[level]))
        assert len(found) == 3
        for total, parts in found:
            assert added(parts) == total


def numbers(text: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", text)]


def test_credits_are_what_the_rules_of_the_rounds_make_of_what_was_given() -> None:
    for case in cases("games"):
        if case.wording != "b":
            continue
        for group in case.texts["good"].split("\n**")[1:]:
            send, pot, divide, choose = (line.rpartition(" (") for line in group.split("\n")[1:5])
            totals = [pairs_of(line[2], ":")[0] for line in (send, pot, divide, choose)]
            sent, back = (numbers(part) for part in send[0].split(";"))
            assert totals[0] == (sum(10 - s + b for s, b in zip(sent, back, strict=True)), 3 * sum(sent) - sum(back))
            put, also = (numbers(part) for part in pot[0].split(" and "))
            assert totals[1] == (10 * len(put) + sum(also), 10 * len(put) + sum(put))
            left = numbers(divide[0].partition("twenty")[2])
            assert totals[2] == (sum(left), 20 * len(left) - sum(left))
            always, rounds, shared, _ = numbers(choose[0])
            assert always == rounds
            assert totals[3] == (6 * shared + (rounds - shared), 6 * shared + 9 * (rounds - shared))


@pytest.mark.parametrize("level, gave", [("good", 1.0), ("neutral", 0.5), ("bad", 0.0)])
def test_the_partner_shares_everything_half_or_next_to_nothing(level: str, gave: float) -> None:
    for case in cases("games"):
        if case.wording == "b":
            group = case.texts[level].partition(f"**{case.names[0]} and {case.names[1]}**")[2]
            pot = numbers(group.split("\n")[2].rpartition(" and ")[2].partition(" (")[0])
            assert all(abs(each - 10 * gave) <= 1 for each in pot)


def sums_in_worklog(wording: str, text: str) -> Iterator[tuple[tuple[int, int], list[tuple[int, int]]]]:
    lines = text.split("\n")
    if wording == "a":
        rows = [[cell.strip() for cell in line.split("|")] for line in lines if "+" in line and line.startswith("|")]
        for line in lines:
            if match := re.match(r"- (.*) to (.*): 4 (?:jobs|orders), (\d+)\+(\d+) lines", line):
                own = [pairs_of(row[6], "+")[0] for row in rows if row[3:5] == [match[1], match[2]]]
                yield (int(match[3]), int(match[4])), own
    elif wording == "b":
        for group in text.split("### ")[1:4]:
            rows = [re.findall(r" (\d+)(?= lines? \|| \|)", line) for line in group.split("\n") if "|" in line][2:]
            *tickets, total = [[int(each) for each in row] for row in rows]
            assert total[0] == total[1] + total[2]
            yield (total[1], total[2]), [(row[0], row[1]) for row in tickets]
    else:
        for line in lines:
            if match := re.match(r"\d\. (.* > .*): form (\d+)/24, own (\d+)/(\d+); done by the other (\d+)\.", line):
                rows = [
                    numbers(row.rpartition(", form")[2]) for row in lines if row.startswith("> ") and match[1] in row
                ]
                assert sum(row[0] for row in rows) == int(match[2])
                assert sum(row[3] for row in rows) == int(match[4])
                assert int(match[5]) == 2 * int(match[4]) - int(match[3])
                yield (int(match[3]), int(match[4])), [(row[2], row[3]) for row in rows]


@pytest.mark.parametrize("level", LEVELS)
def test_lines_of_jobs_add_up(level: str) -> None:
    for case in cases("worklog"):
        found = list(sums_in_worklog(case.wording, case.texts[level]))
        assert len(found) == 3
        for total, parts in found:
            assert len(parts) == 4
            assert added(parts) == total


def test_jobs_of_a_log_stand_in_the_order_of_their_numbers_and_none_twice() -> None:
    for case in cases("worklog"):
        rows = [line for line in case.texts["good"].split("\n") if re.match(r"[|>] ", line)]
        prefix = case.setting.profile.ticket_prefix
        ids = [int(match[1]) for row in rows if (match := re.search(rf"\b{prefix}-(\d+)", row))]
        assert len(set(ids)) == 12
        if case.wording != "b":
            assert ids == sorted(ids)


def test_what_was_used_and_what_is_left_add_up_in_chats() -> None:
    for case in cases("chat"):
        text = case.texts["good"]
        if case.wording == "a":
            asked, used = (
                re.search(rf"{what}", text)
                for what in (r"the (\d+) look-ups for the two of us\?\n.*I used", r"I used (\d+), as many")
            )
            assert asked and used
            assert int(asked[1]) == 2 * int(used[1])
        if case.wording == "c":
            (budget,) = set(re.findall(r"message budget, (\d+) for both", text))
            assert f"| {int(budget) // 2} left, that is your half" in text
