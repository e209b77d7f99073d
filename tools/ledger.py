#!/usr/bin/env python3
"""Checks doc/STANDARDS.txt against doc/rfc/*.req, the code's citations and the test run.

usage: ledger.py ROOT [TESTLOG...] [--write] [--open DOCUMENT] [--silent] [--quiet]

  TESTLOG           what test programs printed; without one only the static part is checked
  --write           brings doc/LEDGER-SUMMARY.txt (and the block in README, if it has one) up to date
  --open DOCUMENT   lists the statements of one document that are not done, e.g. --open 5246
  --silent          only checks that the logs, of the run under valgrind, claim what tests/silent.txt lists

What is read:

  doc/STANDARDS.txt   [X] RFC 1234  title      one row a document: [X] fully, [/] partially,
                      [ ] draft-name  title    [ ] not yet, [-] will not be
                        note                   an indented line belongs to the row above it
                      * RFC 1234  title        a document that is cited but has no requirements here
  doc/rfc/rfcN.req    ID LEVEL SIDES TEXT [= ID] [! STATE: REASON], lines with # are comments
                      ID     7366:3/2 is RFC, section (appendices by letter), ordinal; never reused
                             a draft has a file doc/rfc/draft-name.req with a line `@as NAME` in front,
                             letters and a number; ids begin with that name
                      LEVEL  MUST, MUST-NOT, SHOULD, SHOULD-NOT, MAY, or PROSE where the document
                             binds without a keyword
                      SIDES  c client, s server, cs both
                      TEXT   a paraphrase of our own, 100 characters or less
                      = ID   the same statement in a later document, done by the same code; what
                             tests claim there counts here when they ran in one of this document's
                             versions, with == whatever they ran in
                      STATE  na: does not apply to us; deviates: done otherwise, on purpose;
                             todo: not yet
                      a line `@runs tls1.0 ...` in front names the document's versions
  lib/, include/      @rfc ID[, ID...] in a comment at the spot; RFC N anywhere
  tests/              REQ("ID"), for misspelt ids
  TESTLOG             # req ID [in VERSION], printed by a test that passed; dropped when its TAP result is not ok
  tests/silent.txt    ids that only the run under valgrind claims, one a line; it is held against that run
                      by --silent

A statement is done when code cites it and a test that passed claims it. na is done. A deviation from a
SHOULD is done, a deviation from a MUST is not. MAY statements are optional. Exit status 0: consistent.
"""
import argparse
import os
import pathlib
import re
import sys

PREFIX = r'(?:\d{3,5}|[a-z]+\d+)'
ID = PREFIX + r':(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)/[1-9]\d*'
LOOSE_ID = PREFIX + r':[^\s,"\')]*'
LEVELS = 'MUST|MUST-NOT|SHOULD|SHOULD-NOT|MAY|PROSE'
ROW = re.compile(rf'^({ID})\s+({LEVELS})\s+(cs|c|s)\s+(.*?)(?:\s+!\s*(na|deviates|todo):\s*(\S.*))?$')
MARKED = re.compile(r'^\[([X/ \-])\]\s+(?:RFC (\d+)|(draft-[a-z0-9\-]+))\s{2,}(\S.*)$')
SAME = re.compile(rf'^(.*?)\s+(==?)\s+({ID})$')
RUNS = re.compile(r'^@runs((?:\s+[a-z0-9.]+)+)\s*$')
NAMED = re.compile(r'^@as\s+([a-z]+\d+)\s*$')
STARRED = re.compile(r'^\*\s+RFC (\d+)\s{2,}\S.*$')
CITATION = re.compile(rf'@rfc\s+({LOOSE_ID}(?:\s*,\s*{LOOSE_ID})*)')
MENTION = re.compile(r'\bRFC[ -]?(\d{3,5})\b')
CLAIM_IN_SOURCE = re.compile(r'\bREQ\("([^"]*)"\)')
TEXT_MAX = 100
SUMMARY = 'doc/LEDGER-SUMMARY.txt'
SILENT = 'tests/silent.txt'
EXCUSE = ' (tests were skipped, the corpora are missing)'
BLOCK = ('[ledger: begin]', '[ledger: end]')
COLUMNS = ('all', 'code', 'test', 'na', 'dev', 'todo')


class Requirement:
    def __init__(self, level, text, state, where):
        self.level, self.text, self.state, self.where = level, text, state, where
        self.code, self.tests = [], []
        self.same, self.any_version = None, False

    @property
    def binding(self):
        return self.level != 'MAY'

    @property
    def excused(self):
        return self.state == 'na' or (self.state == 'deviates' and self.level.startswith('SHOULD'))

    def done(self, with_tests):
        if self.excused:
            return True
        return self.state is None and bool(self.code) and (bool(self.tests) or not with_tests)


class Ledger:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.errors, self.notes = [], []
        self.marks, self.titles, self.also = {}, {}, set()
        self.requirements, self.documents, self.runs, self.prefixes = {}, {}, {}, {}
        self.have_logs, self.skipped, self.claimed = False, 0, {}

    def error(self, text):
        self.errors.append(text)

    def lines(self, path):
        return enumerate(path.read_text(encoding='utf-8').splitlines(), 1)

    def name(self, path):
        return path.relative_to(self.root).as_posix()

    # ---- reading

    def read_standards(self):
        path = self.root / 'doc/STANDARDS.txt'
        for n, line in self.lines(path):
            where = f'{self.name(path)}:{n}'
            if line.startswith('['):
                row = MARKED.match(line)
                if not row:
                    self.error(f'{where}: unreadable row')
                    continue
                self.add_document(where, row[2] or row[3])
                self.marks[row[2] or row[3]] = row[1]
                self.titles[row[2] or row[3]] = row[4]
            elif line.startswith('*'):
                row = STARRED.match(line)
                if not row:
                    self.error(f'{where}: unreadable row')
                    continue
                self.add_document(where, row[1])
                self.also.add(row[1])

    def add_document(self, where, document):
        if document in self.marks or document in self.also:
            self.error(f'{where}: {document} is listed twice')

    def read_requirements(self):
        for path in sorted((self.root / 'doc/rfc').glob('*.req')):
            document = re.fullmatch(r'(?:rfc(\d+)|(draft-[a-z0-9\-]+))\.req', path.name)
            if not document:
                self.error(f'{self.name(path)}: the name is neither rfcNNNN.req nor draft-name.req')
                continue
            self.read_document(path, document[1] or document[2])

    def read_document(self, path, document):
        self.documents[document] = []
        self.prefixes[document] = document
        last = (None, 0)
        for n, line in self.lines(path):
            runs, named = RUNS.match(line), NAMED.match(line)
            if named:
                self.prefixes[document] = named[1]
            elif runs:
                self.runs[self.prefixes[document]] = runs[1].split()
            elif line.strip() and not line.startswith('#'):
                last = self.add_requirement(f'{self.name(path)}:{n}', document, line, last)

    def label(self, document):
        return f'RFC {document}' if document.isdigit() else self.prefixes.get(document, document)

    def add_requirement(self, where, document, line, last):
        row = ROW.match(line)
        if not row or ' !' in row[4] or row[4].startswith('!'):
            self.error(f'{where}: unreadable row')
            return last
        ident, level, _, text, state, _ = row.groups()
        same = SAME.match(text)
        text = same[1] if same else text
        section, ordinal = ident.split(':')[1].split('/')
        if ident.split(':')[0] != self.prefixes[document]:
            self.error(f'{where}: {ident} does not belong to this file')
        elif ident in self.requirements:
            self.error(f'{where}: {ident} is there twice (see {self.requirements[ident].where})')
        elif section == last[0] and int(ordinal) < last[1]:
            self.error(f'{where}: {ident} comes after /{last[1]}')
        else:
            if len(text) > TEXT_MAX:
                self.error(f'{where}: {ident} has {len(text)} characters of text, {TEXT_MAX} at most')
            if not text:
                self.error(f'{where}: {ident} has no text')
            self.requirements[ident] = Requirement(level, text, state, where)
            if same:
                self.requirements[ident].same = same[3]
                self.requirements[ident].any_version = same[2] == '=='
            self.documents[document].append(ident)
        return section, int(ordinal)

    def sources(self, folders, pattern='*.[ch]'):
        for folder in folders:
            yield from sorted((self.root / folder).rglob(pattern))

    def find(self, where, ident):
        requirement = self.requirements.get(ident)
        if not requirement:
            self.error(f'{where}: unknown requirement {ident}')
        return requirement

    def read_code(self):
        for path in self.sources(('lib', 'include')):
            for n, line in self.lines(path):
                where = f'{self.name(path)}:{n}'
                citations = CITATION.findall(line)
                if '@rfc' in line and not citations:
                    self.error(f'{where}: unreadable citation')
                for ident in re.findall(LOOSE_ID, ' '.join(citations)):
                    requirement = self.find(where, ident.rstrip('.:;*'))
                    if requirement:
                        requirement.code.append(where)
                for document in MENTION.findall(line):
                    if document not in self.marks and document not in self.also:
                        self.error(f'{where}: RFC {document} is cited but not in doc/STANDARDS.txt')

    def read_test_sources(self):
        for path in self.sources(('tests',)):
            for n, line in self.lines(path):
                for ident in CLAIM_IN_SOURCE.findall(line):
                    where = f'{self.name(path)}:{n}'
                    requirement = self.find(where, ident)
                    if requirement and requirement.state == 'na':
                        self.error(f'{where}: {ident} is marked na but a test claims it')

    def read_logs(self, logs):
        """A claim counts when the TAP result that follows it is ok; a program without TAP has to come
        to its end by itself, its claims count as they stand."""
        self.have_logs = bool(logs)
        for log in logs:
            text = pathlib.Path(log).read_text(encoding='utf-8', errors='replace')
            tap = re.search(r'^1\.\.\d+\s*$', text, re.M)
            pending = []
            for line in text.splitlines():
                result = re.match(r'(not )?ok \d', line)
                claim = re.match(r'# req (\S*)(?: in (\S+))?', line)
                if claim:
                    pending.append(claim.groups())
                elif result:
                    skip = re.search(r'#\s*skip', line, re.I)
                    self.skipped += bool(skip)
                    self.settle(log, pending, not result[1] and not skip)
                    pending = []
            self.settle(log, pending, not tap)

    def settle(self, log, claims, passed):
        name = pathlib.Path(log).name
        for ident, version in claims:
            requirement = self.find(name, ident)
            if requirement and passed:
                self.claimed.setdefault(ident, []).append((name, version))
                if not version or version in self.runs.get(ident.split(':')[0], []):
                    requirement.tests.append(name)
            elif requirement:
                self.notes.append(f'{name}: {ident} was claimed by a test that did not pass')

    def silent(self):
        path = self.root / SILENT
        lines = self.lines(path) if path.exists() else ()
        return [(n, line.strip()) for n, line in lines if line.strip() and not line.startswith('#')]

    def read_silent(self):
        for n, ident in self.silent():
            requirement = self.find(f'{SILENT}:{n}', ident)
            if requirement:
                self.claimed.setdefault(ident, []).append((SILENT, None))
                requirement.tests.append(SILENT)

    def check_silent(self):
        for n, ident in self.silent():
            if ident not in self.claimed:
                self.error(f'{SILENT}:{n}: {ident} was not claimed under valgrind')

    def take_over(self):
        """What is said of the same statement in another document counts for its twin."""
        taken = set()
        for ident in self.requirements:
            self.take_over_one(ident, taken)

    def take_over_one(self, ident, taken):
        r = self.requirements[ident]
        twin = self.find(r.where, r.same) if r.same and ident not in taken else None
        taken.add(ident)
        if not twin or r.state == 'na':
            return
        self.take_over_one(r.same, taken)  # which may have a twin itself
        versions = self.runs.get(ident.split(':')[0], [])
        r.code += twin.code
        r.tests += [name for name, version in self.claimed.get(r.same, [])
                    if r.any_version or version in versions]
        if r.any_version and twin.same:
            r.tests += twin.tests

    # ---- checking

    def check_rows(self):
        for ident, r in self.requirements.items():
            if r.state == 'na' and r.code:
                self.error(f'{r.where}: {ident} is marked na but cited at {r.code[0]}')
            if r.state == 'na' and r.tests:
                self.error(f'{r.where}: {ident} is marked na but {r.tests[0]} claims it')
            if r.state == 'todo' and r.code and r.tests:
                self.error(f'{r.where}: {ident} is marked todo but has code ({r.code[0]}) '
                           f'and a passing test ({r.tests[0]}): promote it')

    def open_of(self, document):
        rows = ((i, self.requirements[i]) for i in self.documents.get(document, ()))
        return [i for i, r in rows if r.binding and not r.done(self.have_logs)]

    def check_marks(self):
        for document, mark in self.marks.items():
            has_file = document in self.documents
            if mark in 'X/' and not has_file:
                file = f'rfc{document}' if document.isdigit() else document
                self.error(f'{document}: marked [{mark}] but there is no doc/rfc/{file}.req')
            elif mark == 'X':
                self.check_full(document)
            elif mark == '/' and self.have_logs and not self.open_of(document):
                self.error(f'{self.label(document)}: marked [/] but nothing is open: promote it to [X]')
            elif mark in ' -' and has_file and self.have_logs and self.count(document)['test']:
                self.error(f'{self.label(document)}: marked [{mark}] but some of it is tested: make it [/]')
        for document in self.documents:
            if document not in self.marks:
                self.error(f'doc/rfc: {document} has no row in doc/STANDARDS.txt')

    def check_full(self, document):
        for ident in self.open_of(document):
            r = self.requirements[ident]
            why = r.state or ('no code' if not r.code else 'no passing test')
            text = f'{self.label(document)}: marked [X] but {ident} ({r.level}) is open: {why}'
            if r.code and not r.state and self.excusable():
                self.notes.append(text + EXCUSE)
            else:
                self.error(text)

    # ---- summary

    def count(self, document):
        rows = [self.requirements[i] for i in self.documents[document]]
        return {'all': len(rows), 'code': sum(bool(r.code) for r in rows),
                'test': sum(bool(r.tests) for r in rows),
                'na': sum(r.state == 'na' for r in rows),
                'dev': sum(r.state == 'deviates' for r in rows),
                'todo': sum(r.state == 'todo' for r in rows)}

    def recorded(self):
        """document -> the counts of the committed summary."""
        path, found = self.root / SUMMARY, {}
        named = {self.label(document): document for document in self.documents}
        if path.exists():
            for _, line in self.lines(path):
                row = re.match(r'(RFC \d+|[a-z]+\d+)\s+\[.\]' + r'\s+(\d+)' * len(COLUMNS), line)
                if row:
                    document = named.get(row[1], row[1].removeprefix('RFC '))
                    found[document] = dict(zip(COLUMNS, map(int, row.groups()[1:])))
        return found

    def counts(self):
        """The counts of today; without logs the tests are those of the committed summary."""
        old = self.recorded()
        order = sorted(self.documents, key=lambda d: (int(d) if d.isdigit() else 0, self.label(d)))
        counts = {d: self.count(d) for d in order}
        if not self.have_logs:
            for document, count in counts.items():
                count['test'] = old.get(document, {}).get('test', 0)
        return counts

    def summary(self, counts):
        out = ['Generated by `python3 tools/ledger.py . TESTLOG... --write`: do not edit.',
               'all: statements; code: cited in code; test: claimed by a passing test; na: not',
               'applicable; dev: deviations; todo: not yet. `make ledger` fails when test falls.', '',
               'document  mark ' + ''.join(f'{c:>6}' for c in COLUMNS)]
        for document, count in counts.items():
            mark = self.marks.get(document, '?')
            out.append(f'{self.label(document):<10}[{mark}]  ' + ''.join(f'{count[c]:6}' for c in COLUMNS))
        total = {c: sum(count[c] for count in counts.values()) for c in COLUMNS}
        out.append('total          ' + ''.join(f'{total[c]:6}' for c in COLUMNS))
        listed = {mark: list(self.marks.values()).count(mark) for mark in 'X/ -'}
        out += ['', f'documents listed: {len(self.marks)}, of these [X] {listed["X"]}, '
                f'[/] {listed["/"]}, [ ] {listed[" "]}, [-] {listed["-"]}']
        return '\n'.join(out) + '\n'

    def block(self, counts):
        out = [f'      {"document":<10}{"title":<63}{"tested":>11}']
        for document, count in counts.items():
            mark, title = self.marks.get(document, '?'), self.titles.get(document, '')
            if mark in 'X/':
                done = f'{count["test"]} of {count["all"]}'
                out.append(f'  [{mark}] {self.label(document):<10}{title[:62]:<63}{done:>11}')
        return '\n'.join(out) + '\n'

    def with_block(self, text, counts):
        """text with the lines between the two markers replaced; None when it has no markers."""
        lines = text.splitlines(keepends=True)
        spots = [[i for i, line in enumerate(lines) if mark in line] for mark in BLOCK]
        if not all(len(s) == 1 for s in spots) or spots[0][0] > spots[1][0]:
            return None
        return ''.join(lines[:spots[0][0] + 1]) + self.block(counts) + ''.join(lines[spots[1][0]:])

    def generated(self, counts):
        yield self.root / SUMMARY, self.summary(counts)
        readme = self.root / 'README'
        if readme.exists():
            text = self.with_block(readme.read_text(encoding='utf-8'), counts)
            if text is not None:
                yield readme, text

    def write(self):
        for path, text in self.generated(self.counts()):
            if not path.exists() or path.read_text(encoding='utf-8') != text:
                path.write_text(text, encoding='utf-8')
                print(f'ledger: wrote {self.name(path)}')

    def corpus_missing(self):
        shared = os.environ.get('TLSN_SHARED') or self.root / '../shared'
        return not pathlib.Path(shared).is_dir()

    def excusable(self):
        """Where the shared corpora are missing and tests were skipped for it, the lack of a passing test says
        nothing and is only noted."""
        return self.skipped and self.corpus_missing()

    def check_generated(self):
        """Counts of tests may not fall."""
        counts, old = self.counts(), self.recorded()
        for document, before in old.items():
            now = counts.get(document, {}).get('test', 0)
            if now < before['test']:
                text = f'{self.label(document)}: {now} statements tested, {before["test"]} before'
                if self.excusable():
                    self.notes.append(text + EXCUSE)
                    counts[document]['test'] = before['test']
                else:
                    self.error(text)
        for path, text in self.generated(counts):
            if not path.exists() or path.read_text(encoding='utf-8') != text:
                self.error(f'{self.name(path)} is out of date: run '
                           'python3 tools/ledger.py . TESTLOG... --write')

    # ---- output

    def print_tally(self):
        if not self.have_logs:
            print('ledger: no test log given, only the static part is checked')
        for document, count in self.counts().items():
            open_count = len(self.open_of(document))
            print(f'{self.label(document):<10}[{self.marks.get(document, "?")}] '
                  + ' '.join(f'{c}={count[c]}' for c in COLUMNS) + f' open={open_count}')

    def verdict(self):
        for note in self.notes:
            print('ledger: note:', note)
        for error in self.errors:
            print('ledger:', error)
        print(f'ledger: {len(self.requirements)} statements, {len(self.errors)} errors')
        return 1 if self.errors else 0

    def print_open(self, document):
        for ident in self.open_of(document):
            r = self.requirements[ident]
            why = r.state or ', '.join(
                w for w, missing in (('no code', not r.code),
                                     ('no test', self.have_logs and not r.tests)) if missing)
            print(f'{ident:<20}{r.level:<11}{r.text}  ({why})')


def main():
    parser = argparse.ArgumentParser(description='the ledger of requirements; see the head of this file')
    parser.add_argument('root')
    parser.add_argument('logs', nargs='*')
    parser.add_argument('--write', action='store_true')
    parser.add_argument('--open', metavar='DOCUMENT')
    parser.add_argument('--silent', action='store_true')
    parser.add_argument('--quiet', action='store_true')
    args = parser.parse_intermixed_args()

    ledger = Ledger(args.root)
    try:
        ledger.read_standards()
        ledger.read_requirements()
        ledger.read_code()
        ledger.read_test_sources()
        ledger.read_logs(args.logs)
        if args.silent:
            ledger.check_silent()
            return ledger.verdict()
        ledger.read_silent()
        ledger.take_over()
    except (OSError, UnicodeDecodeError) as problem:
        print(f'ledger: {problem}')
        return 1
    if args.open:
        ledger.print_open(args.open.removeprefix('RFC').strip())
        return 0
    ledger.check_rows()
    ledger.check_marks()
    if args.write and not ledger.errors:
        ledger.write()
    ledger.check_generated()
    if not args.quiet:
        ledger.print_tally()
    return ledger.verdict()


if __name__ == '__main__':
    sys.exit(main())
