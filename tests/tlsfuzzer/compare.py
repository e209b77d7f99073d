#!/usr/bin/env python3
"""Compares results of the tlsfuzzer runner with what tests/tlsfuzzer/EXPECTED.txt says.

usage: compare.py RESULTS.json LOGS EXPECTED.txt

Each line of EXPECTED.txt that begins in the first column is GROUP SCRIPT CONVERSATION, patterns in the
manner of file names: * stands for anything. The indented lines below it are the reason. A failure that no
line names is unexpected; so is a conversation that passed although a line names it, a run that did not
end by itself, and a group that was not run because the server lacks something. Exit status 0: nothing
unexpected.
"""
import ast
import fnmatch
import json
import pathlib
import re
import sys

STARTED = re.compile(r'^(?!Log:)(\S.*?) ?\.\.\.$', re.M)
# At the end of a log: names as Python writes strings. Some scripts name their failures here only.
SUMMARY = re.compile(r'^FAILED:\n((?:\t.*\n)+)', re.M)


class Expected:
    def __init__(self, line):
        parts = line.split(None, 2)
        if len(parts) != 3:
            raise SystemExit(f'EXPECTED.txt: not GROUP SCRIPT CONVERSATION: {line}')
        self.line, self.parts, self.reason = line, parts, []

    def names(self, group, script, conversation):
        """Whether the line means this conversation."""
        return all(fnmatch.fnmatchcase(value, pattern)
                   for value, pattern in zip((group, script, conversation), self.parts))


def read_expected(path):
    """All lines of the file, each with its reason; several lines in a row share one."""
    rows, waiting = [], []
    for line in path.read_text(encoding='utf-8').splitlines():
        if not line.strip() or line.startswith('#'):
            continue
        if not line[0].isspace():
            if waiting and waiting[-1].reason:
                waiting = []
            rows.append(Expected(line.strip()))
            waiting.append(rows[-1])
            continue
        for row in waiting:
            row.reason.append(line.strip())
    bare = [row.line for row in rows if not row.reason]
    if bare:
        raise SystemExit('EXPECTED.txt: no reason for ' + '; '.join(bare))
    return rows


def failures(run, log):
    """The conversations that failed, with their errors. Of a clean run the runner lists those that the
    script itself expects to fail."""
    if run['status'] != 'failed':
        return {}
    named = {ast.literal_eval(line.strip()): ''
             for block in SUMMARY.findall(log) for line in block.splitlines()}
    return {**named, **{f['name']: f['error'] for f in run['failures']}}


def judge(run, logs, expected):
    """Yields one line for each thing about this run that was not expected."""
    name, group, script = run['id'], run['group'], run['script']
    if run['status'] not in ('clean', 'failed'):
        yield f"{name}: {run['status']} {' '.join(run.get('missing', []))}"
        return
    if 'server_died' in run:
        yield f"{name}: the server ended with {run['server_died']}"
    log = (logs / f'{name}.log').read_text(encoding='utf-8', errors='replace')
    failed = failures(run, log)
    if run['status'] == 'failed' and not failed:
        yield f'{name}: failed without a name'
    for conversation, error in failed.items():
        if not any(row.names(group, script, conversation) for row in expected):
            yield f'{name}: {conversation}: {error}'
    for conversation in sorted(set(STARTED.findall(log)) - set(failed)):
        for row in expected:
            if row.names(group, script, conversation):
                yield f'{name}: {conversation}: passes, but EXPECTED.txt names it: {row.line}'


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    results, logs, expected = map(pathlib.Path, sys.argv[1:])
    runs = json.loads(results.read_text(encoding='utf-8'))['results']
    expected = read_expected(expected)
    found = [line for run in runs for line in judge(run, logs, expected)]
    for line in found:
        print('unexpected:', line)
    print(f'tlsfuzzer: {len(found)} unexpected findings')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
