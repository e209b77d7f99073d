#!/usr/bin/env python3
"""fuzz/TARGETS.txt says which fuzz target reaches which parser: every target is there, and every file.

Ends with `N passed, N failed`.
"""
import pathlib
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
LIB = PROJECT / 'lib'
COMPLETE = ('x509', 'ext', 'record')


def rows(text):
    """(target, patterns) of each row; one that begins with blanks goes on with the row before."""
    found = []
    for line in text.splitlines():
        if not line or line.startswith('#'):
            continue
        if line[0] == ' ':
            found[-1][1].extend(line.split())
        else:
            target, _, rest = line.partition(':')
            found.append((target, rest.split()))
    return found


def main():
    table = rows((PROJECT / 'fuzz/TARGETS.txt').read_text())
    problems, reached = [], set()
    for target, patterns in table:
        if target != '-' and not (PROJECT / f'fuzz/{target}.c').exists():
            problems.append(f'{target} is no fuzz target')
        for pattern in patterns:
            files = set(LIB.glob(pattern))
            reached |= files
            if not files:
                problems.append(f'{target}: no file is {pattern}')
    named = {target for target, _ in table}
    targets = sorted(path.stem for path in PROJECT.glob('fuzz/fuzz_*.c'))
    problems += [f'{t} is not in fuzz/TARGETS.txt' for t in targets if t not in named]
    files = sorted(path for part in COMPLETE for path in LIB.glob(f'{part}/*.c'))
    problems += [f'nobody says which target reaches {path.relative_to(PROJECT)}'
                 for path in files if path not in reached]
    for problem in problems:
        print(f'FAIL: {problem}')
    print(f'{len(targets) + len(files) - len(problems)} passed, {len(problems)} failed')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
