#!/usr/bin/env python3
"""Runs test programs side by side, keeps their logs, and ends with `N passed, N failed`.

usage: run-tests.py [options] 'PROGRAM [ARGUMENT...]'... [--step NAME COMMAND]...

A cmocka program is asked for TAP and counts by its test functions; another program counts by its
last line `N passed, N failed[, N skipped]`, or as one. A program that dies, hangs or stops before
its plan is done counts as one failure more. Exit status 77 means skipped. A step is a check that
runs after the programs and counts as one; {logs} in it stands for the logs of all programs. Exit
status 0 only when something passed and nothing failed.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

PLAN = re.compile(r'^1\.\.(\d+)\s*$', re.M)
RESULT = re.compile(r'^(not )?ok \d+(.*)$', re.M)
SUMMARY = re.compile(r'^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?', re.M)


class Outcome:
    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped = name, 0, 0, 0
        self.notes, self.log, self.seconds = [], None, 0.0


def judge_tap(outcome, text, status):
    planned = sum(int(n) for n in PLAN.findall(text))
    for bad, rest in RESULT.findall(text):
        if re.search(r'#\s*skip', rest, re.I):
            outcome.skipped += 1
        elif bad:
            outcome.failed += 1
            outcome.notes.append('not ok' + rest)
        else:
            outcome.passed += 1
    seen = outcome.passed + outcome.failed + outcome.skipped
    if seen < planned or (status != 0 and outcome.failed == 0):
        outcome.failed += 1
        outcome.notes.append(f'stopped after {seen} of {planned} tests, status {status}')


def judge(outcome, text, status):
    if status == 77:
        outcome.skipped += 1
        return
    if PLAN.search(text):
        judge_tap(outcome, text, status)
        return
    last = None
    for last in SUMMARY.finditer(text):
        pass
    if last:
        outcome.passed, outcome.failed = int(last[1]), int(last[2])
        outcome.skipped = int(last[3] or 0)
        if status != 0 and outcome.failed == 0:
            outcome.failed = 1
            outcome.notes.append(f'status {status}')
    elif status == 0:
        outcome.passed = 1
    else:
        outcome.failed = 1
        outcome.notes.append(f'status {status}')


def run(name, command, args, env):
    """The outcome of one command; its output is in the log."""
    outcome = Outcome(name)
    outcome.log = args.logs / (name + '.log')
    start = time.monotonic()
    try:
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=args.timeout, check=False)
        status, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        status, output = f'timeout after {args.timeout} s', late.stdout or b''
    except OSError as error:
        status, output = str(error), b''
    outcome.seconds = time.monotonic() - start
    outcome.log.write_bytes(output)
    judge(outcome, output.decode('utf-8', 'replace'), status)
    return outcome


def report(outcome, quiet):
    if quiet and not outcome.failed:
        return
    counts = f'{outcome.passed:5} passed'
    counts += f', {outcome.failed} FAILED' if outcome.failed else ''
    counts += f', {outcome.skipped} skipped' if outcome.skipped else ''
    print(f'  {outcome.name:36} {counts}  ({outcome.seconds:.1f} s)', flush=True)
    if outcome.failed:
        for note in outcome.notes[:20]:
            print(f'      {note}')
        print(f'      --- end of {outcome.log} ---')
        lines = outcome.log.read_text(errors='replace').splitlines()
        for line in lines[-25:]:
            print(f'      {line}', flush=True)


def environment(shared):
    env = dict(os.environ, TLSN_SHARED=str(pathlib.Path(shared).resolve()),
               CMOCKA_MESSAGE_OUTPUT='TAP')
    env.setdefault('ASAN_OPTIONS', 'detect_leaks=1:abort_on_error=0')
    env.setdefault('UBSAN_OPTIONS', 'print_stacktrace=1')
    return env


def names_of(commands):
    """Of their programs; one that runs again gets a number behind its name."""
    seen = {}
    for command in commands:
        name = pathlib.Path(command[0]).stem
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f'{name}-{seen[name]}'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--logs', type=pathlib.Path, required=True)
    parser.add_argument('--shared', default='../shared')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('--timeout', type=int, default=900)
    parser.add_argument('--wrap', default='', help='command before each program')
    parser.add_argument('--quiet', action='store_true', help='show only what failed')
    parser.add_argument('--show', default='', help='print the log of this step')
    parser.add_argument('--step', nargs=2, action='append', default=[])
    parser.add_argument('programs', nargs='*')
    args = parser.parse_intermixed_args()
    args.logs.mkdir(parents=True, exist_ok=True)
    for old in args.logs.glob('*.log'):
        old.unlink()
    env = environment(args.shared)

    with concurrent.futures.ThreadPoolExecutor(max(1, args.jobs)) as pool:
        wrap = shlex.split(args.wrap)
        commands = [shlex.split(p) for p in args.programs]
        outcomes = list(pool.map(lambda name, p: run(name, wrap + p, args, env),
                                 names_of(commands), commands))
    for outcome in outcomes:
        report(outcome, args.quiet)
    logs = ' '.join(shlex.quote(str(o.log)) for o in outcomes)
    for name, command in args.step:
        outcome = run(name, ['sh', '-c', command.replace('{logs}', logs)], args, env)
        outcomes.append(outcome)
        report(outcome, args.quiet)
        if name == args.show:
            print(outcome.log.read_text(errors='replace'), end='')

    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    skipped = sum(o.skipped for o in outcomes)
    if skipped:
        print(f'{skipped} skipped (the logs say why)')
    print(f'{passed} passed, {failed} failed')
    return 0 if passed and not failed else 1


sys.exit(main())
