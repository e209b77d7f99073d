#!/usr/bin/env python3
"""doc/SECURITY.txt names tests: each of them has to be there.

Ends with `N passed, N failed`.
"""
import pathlib
import re
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]


def named(text):
    """The tests behind each "tests:", which may go on over several lines."""
    for block in re.findall(r'^    tests: (.*(?:\n {11}\S.*)*)', text, re.MULTILINE):
        yield from re.findall(r'\b[a-z0-9]+(?:_[a-z0-9]+)+\b', block)


def existing():
    """The test functions of tests/unit and tests/conn."""
    for path in PROJECT.glob('tests/*/test_*.c'):
        yield from re.findall(r'^static void (\w+)\(void \*\*state\)', path.read_text(),
                              re.MULTILINE)


def main():
    there = set(existing())
    wanted = list(named((PROJECT / 'doc/SECURITY.txt').read_text()))
    missing = [name for name in wanted if name not in there]
    for name in missing:
        print(f'FAIL: doc/SECURITY.txt names {name}, which is no test')
    failed = len(missing) + (not wanted)
    print(f'{len(wanted) - len(missing)} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
