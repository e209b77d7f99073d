#!/usr/bin/env python3
"""Tests of compare.py: what it calls unexpected.

Ends with `N passed, N failed`.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

COMPARE = pathlib.Path(__file__).resolve().parent / 'compare.py'

EXPECTED = '''# comment
g test-a one*
* test-b odd
    RFC 1 2: the sentence.
'''


def run(status, script='test-a', failed=(), passed=(), summary=(), **more):
    """A run of the runner's results and its log."""
    log = ''.join(f'{name} ...\nError\n' for name in failed)
    log += ''.join(f'{name} ...\nOK\n\n' for name in passed)
    if summary:
        log += 'FAILED:\n' + ''.join(f'\t{name!r}\n' for name in summary)
    return dict({'id': f'g.01.{script}', 'group': 'g', 'script': script, 'status': status,
                 'failures': [{'name': name, 'error': 'why'} for name in failed]}, **more), log


# name, runs, words of the one finding; none: nothing is unexpected
CASES = [
    ('clean run', [run('clean', passed=['two'])], None),
    ('expected failure', [run('failed', failed=['one', 'one more'], passed=['two'])], None),
    ('expected for each group', [run('failed', 'test-b', failed=['odd'])], None),
    ('reason shared by lines', [run('failed', failed=['one']), run('failed', 'test-b', failed=['odd'])], None),
    ('other failure', [run('failed', failed=['two'])], 'two: why'),
    ('other script', [run('failed', 'test-c', failed=['one'])], 'one: why'),
    ('expected one passes', [run('failed', failed=['one'], passed=['one more'])], 'one more: passes'),
    ('clean although expected', [run('clean', passed=['one'])], 'one: passes'),
    ("the script's own expectation", [run('clean', 'test-c', failed=['two'])], None),
    ('named at the end only', [run('failed', summary=['two'])], 'two'),
    ('named nowhere', [run('failed')], 'without a name'),
    ('timeout', [run('timeout')], 'timeout'),
    ('not run', [run('unsupported', missing=['ssl3'])], 'unsupported ssl3'),
    ('dead server', [run('failed', failed=['one'], server_died=-11)], 'ended with -11'),
]


def compare(folder, runs, expected):
    """Exit status and the findings of compare.py."""
    results = folder / 'results.json'
    results.write_text(json.dumps({'results': [r for r, _ in runs]}), encoding='utf-8')
    for r, log in runs:
        (folder / f"{r['id']}.log").write_text(log, encoding='utf-8')
    (folder / 'EXPECTED.txt').write_text(expected, encoding='utf-8')
    done = subprocess.run([sys.executable, str(COMPARE), str(results), str(folder),
                           str(folder / 'EXPECTED.txt')], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, [line for line in done.stdout.splitlines()
                             if line.startswith(('unexpected:', 'EXPECTED.txt:'))]


def main():
    failed = 0
    cases = [(*case, EXPECTED) for case in CASES]
    cases.append(('no reason', [run('clean')], 'no reason for g test-a one', 'g test-a one\n'))
    for name, runs, words, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            status, found = compare(pathlib.Path(folder), runs, expected)
        good = len(found) == (words is not None) and (words is None or words in found[0])
        if not good or (status == 0) != (words is None):
            failed += 1
            print(f'{name}: status {status}, {found}')
    print(f'{len(cases) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
