#!/usr/bin/env python3
"""Tests of tools/ledger.py: a small consistent tree, and each mistake it has to catch seeded into it.

Ends with `N passed, N failed`.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

LEDGER = pathlib.Path(__file__).resolve().parents[2] / 'tools/ledger.py'

STANDARDS = '''Standards

[/] RFC 7000   A protocol
        missing: the rest
[ ] RFC 7001   Another one
[-] draft-old-thing-00  Refused
* RFC 2104   HMAC
'''
REQ = '''# RFC 7000
7000:1/1            MUST       cs the first statement
7000:1/2            SHOULD     c  the second statement
7000:1.2/1          PROSE      s  the third statement
7000:1.2/2          MAY        s  an optional statement
7000:A.1/1          MUST-NOT   cs does not apply ! na: there is no such thing here
7000:A.1/2          SHOULD-NOT cs is done otherwise ! deviates: on purpose
7000:B/10           MUST       cs is not done ! todo: not implemented
'''
CODE = '''/* x.c - RFC 7000, HMAC of RFC 2104 */
/* @rfc 7000:1/1, 7000:1/2 */
int x;
'''
LOG = '''1..2

# req 7000:1/1
ok 1 - first_works_passes
# req 7000:1/2
ok 2 - second_works_passes
'''
FULL = REQ.replace('7000:1.2/1          PROSE      s  the third statement\n', '').replace(
    '7000:B/10           MUST       cs is not done ! todo: not implemented\n', '')


class Tree:
    """A project tree that passes, and the means to break it."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder) / 'project'
        (pathlib.Path(folder) / 'shared').mkdir()
        self.put('doc/STANDARDS.txt', STANDARDS)
        self.put('doc/rfc/rfc7000.req', REQ)
        self.put('lib/x.c', CODE)
        self.put('include/x.h', '')
        self.put('tests/unit/test_x.c', 'REQ("7000:1/1");\n')
        self.put('test_x.log', LOG)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def get(self, name):
        return (self.root / name).read_text()

    def change(self, name, old, new):
        text = self.get(name)
        assert old in text, f'{old!r} is not in {name}'
        self.put(name, text.replace(old, new, 1))

    def run(self, *options, logs=True):
        env = {k: v for k, v in os.environ.items() if k != 'TLSN_SHARED'}
        found = [str(self.root / 'test_x.log')] if logs else []
        done = subprocess.run([sys.executable, str(LEDGER), str(self.root), *found, *options], env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    def write(self):
        status, output = self.run('--write')
        assert status == 0, output


def expect(tree, wanted, *options, logs=True):
    """The check fails and says `wanted`."""
    status, output = tree.run(*options, logs=logs)
    assert 'Traceback' not in output, output
    assert status == 1, f'was accepted, but should say {wanted!r}:\n{output}'
    assert wanted in output, f'does not say {wanted!r}:\n{output}'


def accept(tree, *options, logs=True):
    status, output = tree.run(*options, logs=logs)
    assert status == 0, output
    return output


# ---- what is right is accepted

def consistent_tree_is_accepted(tree):
    tree.write()
    output = accept(tree)
    assert 'RFC 7000  [/] all=7 code=2 test=2 na=1 dev=1 todo=1 open=2' in output, output


def static_run_says_so(tree):
    tree.write()
    assert 'no test log given' in accept(tree, logs=False)


def full_mark_with_everything_done_is_accepted(tree):
    tree.put('doc/rfc/rfc7000.req', FULL)
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    tree.write()
    accept(tree)


def citation_may_end_in_punctuation(tree):
    tree.put('lib/x.c', CODE.replace('7000:1/1, 7000:1/2', '7000:1/1: why (@rfc 7000:1/2).'))
    tree.write()
    accept(tree)


def open_option_lists_what_is_missing(tree):
    output = accept(tree, '--open', '7000')
    assert '7000:1.2/1' in output and '7000:B/10' in output and '7000:1/1 ' not in output, output


def todo_with_code_alone_is_accepted(tree):
    tree.change('lib/x.c', '7000:1/2', '7000:1/2, 7000:B/10')
    tree.write()
    accept(tree)


# ---- the same statement in an older document

OLDER = '''# RFC 7001, older
@runs tls1.0
7001:3/1            MUST       cs as in the later one = 7000:1/1
7001:3/2            MUST       cs below what versions differ in == 7000:1/2
'''


def with_older_document(tree, log):
    tree.put('doc/rfc/rfc7001.req', OLDER)
    tree.put('doc/STANDARDS.txt', STANDARDS.replace('[ ] RFC 7001', '[/] RFC 7001'))
    tree.put('test_x.log', log)
    tree.write()


def twin_is_done_by_a_test_in_its_own_version(tree):
    with_older_document(tree, LOG)
    assert 'RFC 7001  [/] all=2 code=2 test=1' in accept(tree)
    with_older_document(tree, LOG.replace('1..2', '1..3') + '# req 7000:1/1 in tls1.1\nok 3 - a_b_c\n')
    assert 'RFC 7001  [/] all=2 code=2 test=1' in accept(tree)
    tree.put('test_x.log', tree.get('test_x.log').replace('tls1.1', 'tls1.0'))
    expect(tree, 'promote it to [X]')


def claim_in_an_older_version_does_not_count_for_the_later_document(tree):
    tree.put('test_x.log', LOG.replace('7000:1/1', '7000:1/1 in tls1.0'))
    tree.write()
    assert 'test=1' in accept(tree)


def twin_that_does_not_exist_fails(tree):
    with_older_document(tree, LOG)
    tree.change('doc/rfc/rfc7001.req', '= 7000:1/1', '= 7000:1/9')
    expect(tree, 'unknown requirement 7000:1/9')


# ---- drafts

DRAFT = 'doc/rfc/draft-some-thing-01.req'


def with_draft(tree, text='@as some1\nsome1:1/1  MUST  c  a statement\nsome1:1/2  MUST  s  another\n'):
    tree.put(DRAFT, text)
    tree.put('doc/STANDARDS.txt', STANDARDS + '[/] draft-some-thing-01  Some thing\n')
    tree.put('lib/y.c', '/* @rfc 7000:1/1, some1:1/1 */\n')
    tree.put('test_x.log', LOG.replace('# req 7000:1/1', '# req 7000:1/1\n# req some1:1/1'))


def draft_has_ids_of_its_own_name(tree):
    with_draft(tree)
    tree.write()
    assert 'some1     [/] all=2 code=1 test=1' in accept(tree), accept(tree)
    tree.put('test_x.log', LOG)
    expect(tree, 'some1: 0 statements tested, 1 before')


def draft_is_full_when_all_is_done(tree):
    with_draft(tree, '@as some1\nsome1:1/1  MUST  c  a statement\n')
    expect(tree, 'some1: marked [/] but nothing is open')


def twin_of_a_twin_counts(tree):
    with_older_document(tree, LOG)
    tree.put(DRAFT, '@as some1\nsome1:1/1  MUST  c  a statement == 7001:3/2\n')
    tree.put('doc/STANDARDS.txt', tree.get('doc/STANDARDS.txt') + '[X] draft-some-thing-01  Some thing\n')
    tree.write()
    assert 'some1     [X] all=1 code=1 test=1' in accept(tree), accept(tree)


def draft_statement_of_another_name_fails(tree):
    with_draft(tree, '@as other1\nsome1:1/1  MUST  c  a statement\n')
    expect(tree, 'some1:1/1 does not belong to this file')


def unknown_statement_of_a_draft_fails(tree):
    with_draft(tree)
    tree.put('lib/y.c', '/* @rfc some1:1/3 */\n')
    expect(tree, 'unknown requirement some1:1/3')


# ---- what only valgrind shows

def claim_under_valgrind_counts_as_tested(tree):
    tree.put('tests/silent.txt', '# about time\n7000:1.2/1\n')
    tree.put('lib/y.c', '/* @rfc 7000:1.2/1 */\n')
    tree.write()
    assert 'code=3 test=3' in accept(tree), accept(tree)


def claim_that_valgrind_does_not_confirm_fails(tree):
    tree.put('tests/silent.txt', '7000:1/1\n')
    assert '0 errors' in accept(tree, '--silent')
    tree.put('tests/silent.txt', '7000:1/1\n7000:1.2/1\n')
    expect(tree, '7000:1.2/1 was not claimed under valgrind', '--silent')


def unknown_claim_under_valgrind_fails(tree):
    tree.put('tests/silent.txt', '7000:9/9\n')
    expect(tree, 'unknown requirement 7000:9/9')


# ---- unreadable rows

def unreadable_standards_row_fails(tree):
    tree.change('doc/STANDARDS.txt', '[ ] RFC 7001', '[y] RFC 7001')
    expect(tree, 'STANDARDS.txt:5: unreadable row')


def standards_row_without_title_fails(tree):
    tree.change('doc/STANDARDS.txt', '[ ] RFC 7001   Another one', '[ ] RFC 7001')
    expect(tree, 'STANDARDS.txt:5: unreadable row')


def document_listed_twice_fails(tree):
    tree.change('doc/STANDARDS.txt', 'RFC 7001', 'RFC 7000')
    expect(tree, '7000 is listed twice')


def unreadable_requirement_fails(tree):
    tree.change('doc/rfc/rfc7000.req', 'MUST       cs the first', 'WOULD      cs the first')
    expect(tree, 'rfc7000.req:2: unreadable row')


def unknown_side_fails(tree):
    tree.change('doc/rfc/rfc7000.req', 'SHOULD     c ', 'SHOULD     x ')
    expect(tree, 'rfc7000.req:3: unreadable row')


def unknown_state_fails(tree):
    tree.change('doc/rfc/rfc7000.req', '! todo:', '! later:')
    expect(tree, 'rfc7000.req:8: unreadable row')


def state_without_reason_fails(tree):
    tree.change('doc/rfc/rfc7000.req', '! todo: not implemented', '! todo:')
    expect(tree, 'rfc7000.req:8: unreadable row')


def long_paraphrase_fails(tree):
    tree.change('doc/rfc/rfc7000.req', 'the first statement', 'long ' * 21)
    expect(tree, 'characters of text')


def unreadable_citation_fails(tree):
    tree.change('lib/x.c', '@rfc 7000:1/1,', '@rfc section 1,')
    expect(tree, 'lib/x.c:2: unreadable citation')


# ---- ids

def duplicate_id_fails(tree):
    tree.change('doc/rfc/rfc7000.req', '7000:1/2 ', '7000:1/1 ')
    expect(tree, '7000:1/1 is there twice')


def id_of_another_document_fails(tree):
    tree.change('doc/rfc/rfc7000.req', '7000:1/2 ', '7001:1/2 ')
    expect(tree, '7001:1/2 does not belong to this file')


def falling_ordinal_fails(tree):
    tree.change('doc/rfc/rfc7000.req', '7000:1.2/1 ', '7000:1.2/3 ')
    expect(tree, '7000:1.2/2 comes after /3')


def unknown_id_in_code_fails(tree):
    tree.change('lib/x.c', '7000:1/2', '7000:1/9')
    expect(tree, 'lib/x.c:2: unknown requirement 7000:1/9')


def misshapen_id_in_code_fails(tree):
    tree.change('lib/x.c', '7000:1/2', '7000:1.2')
    expect(tree, 'unknown requirement 7000:1.2')


def unknown_id_in_log_fails(tree):
    tree.change('test_x.log', '# req 7000:1/2', '# req 7000:1/3')
    expect(tree, 'test_x.log: unknown requirement 7000:1/3')


def unknown_id_in_test_source_fails_without_logs(tree):
    tree.change('tests/unit/test_x.c', '7000:1/1', '7000:2/1')
    expect(tree, 'tests/unit/test_x.c:1: unknown requirement 7000:2/1', logs=False)


# ---- marks

def full_mark_with_open_must_fails(tree):
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    expect(tree, 'marked [X] but 7000:1.2/1 (PROSE) is open: no code')


def full_mark_with_todo_fails(tree):
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    expect(tree, '7000:B/10 (MUST) is open: todo')


def full_mark_without_test_fails(tree):
    tree.put('doc/rfc/rfc7000.req', FULL)
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    tree.change('test_x.log', '# req 7000:1/2\n', '')
    expect(tree, '7000:1/2 (SHOULD) is open: no passing test')


def full_mark_with_test_skipped_without_corpora_is_noted(tree):
    tree.put('doc/rfc/rfc7000.req', FULL)
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    tree.write()
    (tree.root.parent / 'shared').rmdir()
    tree.change('test_x.log', '# req 7000:1/2\nok 2 - second', 'ok 2 # SKIP second')
    assert 'is open: no passing test (tests were skipped' in accept(tree)


def full_mark_without_code_fails_without_corpora(tree):
    tree.put('doc/rfc/rfc7000.req', FULL)
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    (tree.root.parent / 'shared').rmdir()
    tree.change('test_x.log', '# req 7000:1/2\nok 2 - second', 'ok 2 # SKIP second')
    tree.change('lib/x.c', ', 7000:1/2', '')
    expect(tree, '7000:1/2 (SHOULD) is open: no code')


def full_mark_with_deviation_from_must_fails(tree):
    tree.put('doc/rfc/rfc7000.req', FULL.replace('SHOULD-NOT', 'MUST-NOT  '))
    tree.change('doc/STANDARDS.txt', '[/]', '[X]')
    expect(tree, '7000:A.1/2 (MUST-NOT) is open: deviates')


def partial_mark_with_nothing_open_fails(tree):
    tree.put('doc/rfc/rfc7000.req', FULL)
    expect(tree, 'marked [/] but nothing is open: promote it')


def mark_without_requirements_fails(tree):
    tree.put('doc/STANDARDS.txt', STANDARDS.replace('[ ] RFC 7001', '[/] RFC 7001'))
    expect(tree, 'marked [/] but there is no doc/rfc/rfc7001.req')


def tested_document_without_mark_fails(tree):
    tree.change('doc/STANDARDS.txt', '[/] RFC 7000', '[ ] RFC 7000')
    expect(tree, 'marked [ ] but some of it is tested')


def requirements_without_row_fail(tree):
    tree.put('doc/rfc/rfc7002.req', '7002:1/1  MUST  c  something\n')
    expect(tree, '7002 has no row')


def requirement_file_with_odd_name_fails(tree):
    tree.put('doc/rfc/tls12.req', '')
    expect(tree, 'the name is neither rfcNNNN.req nor draft-name.req')


def cited_document_that_is_not_listed_fails(tree):
    tree.change('lib/x.c', 'RFC 2104', 'RFC 2105')
    expect(tree, 'lib/x.c:1: RFC 2105 is cited but not in doc/STANDARDS.txt')


# ---- states

def na_with_code_fails(tree):
    tree.change('lib/x.c', '7000:1/2', '7000:A.1/1')
    expect(tree, '7000:A.1/1 is marked na but cited at lib/x.c:2')


def na_with_test_fails(tree):
    tree.change('test_x.log', '# req 7000:1/2', '# req 7000:A.1/1')
    expect(tree, '7000:A.1/1 is marked na but test_x.log claims it')


def na_in_test_source_fails_without_logs(tree):
    tree.change('tests/unit/test_x.c', '7000:1/1', '7000:A.1/1')
    expect(tree, '7000:A.1/1 is marked na but a test claims it', logs=False)


def todo_with_code_and_test_fails(tree):
    tree.change('lib/x.c', '7000:1/2', '7000:B/10')
    tree.change('test_x.log', '# req 7000:1/2', '# req 7000:B/10')
    expect(tree, 'promote it')


# ---- claims count only when their test passed

def claim_of_failed_test_does_not_count(tree):
    tree.write()
    tree.change('test_x.log', 'ok 2', 'not ok 2')
    expect(tree, 'RFC 7000: 1 statements tested, 2 before')


def claim_of_skipped_test_does_not_count(tree):
    tree.write()
    tree.change('test_x.log', 'ok 2 - second', 'not ok 2 # SKIP second')
    expect(tree, 'RFC 7000: 1 statements tested, 2 before')


def claim_of_program_that_died_does_not_count(tree):
    tree.write()
    tree.change('test_x.log', 'ok 2 - second_works_passes\n', '')
    expect(tree, 'claimed by a test that did not pass')


def claim_without_tap_counts(tree):
    tree.write()
    tree.put('test_x.log', '# req 7000:1/1\n# req 7000:1/2\n2 passed, 0 failed\n')
    accept(tree)


# ---- the generated summary

def missing_summary_fails(tree):
    expect(tree, 'LEDGER-SUMMARY.txt is out of date')


def stale_summary_fails_without_logs(tree):
    tree.write()
    tree.change('lib/x.c', '7000:1/2', '7000:1.2/1, 7000:1/2')
    expect(tree, 'LEDGER-SUMMARY.txt is out of date', logs=False)


def edited_summary_fails(tree):
    tree.write()
    tree.change('doc/LEDGER-SUMMARY.txt', 'do not edit', 'edited')
    expect(tree, 'LEDGER-SUMMARY.txt is out of date')


def risen_count_has_to_be_recorded(tree):
    tree.write()
    tree.change('test_x.log', '# req 7000:1/2', '# req 7000:1/2\n# req 7000:1.2/1')
    expect(tree, 'LEDGER-SUMMARY.txt is out of date')
    tree.write()
    accept(tree)


def fallen_count_fails(tree):
    tree.write()
    tree.change('test_x.log', '# req 7000:1/2\n', '')
    expect(tree, 'RFC 7000: 1 statements tested, 2 before')


def fallen_count_without_corpora_is_noted(tree):
    tree.write()
    (tree.root.parent / 'shared').rmdir()
    tree.change('test_x.log', 'ok 2 - second', 'ok 2 # SKIP second')
    assert 'tests were skipped, the corpora are missing' in accept(tree)


def fallen_count_without_corpora_and_without_skips_fails(tree):
    tree.write()
    (tree.root.parent / 'shared').rmdir()
    tree.change('test_x.log', '# req 7000:1/2\n', '')
    expect(tree, 'RFC 7000: 1 statements tested, 2 before')


def write_leaves_summary_alone_when_there_are_errors(tree):
    tree.write()
    before = tree.get('doc/LEDGER-SUMMARY.txt')
    tree.change('lib/x.c', '7000:1/2', '7000:1/9')
    expect(tree, 'unknown requirement', '--write')
    assert tree.get('doc/LEDGER-SUMMARY.txt') == before


def readme_block_is_written_and_checked(tree):
    tree.put('README', 'top\n[ledger: begin]\nold\n[ledger: end]\nrest\n')
    tree.write()
    text = tree.get('README')
    assert '[ledger: begin]\n      document' in text and '\n  [/] RFC 7000' in text and text.endswith('rest\n'), text
    assert '2 of 7' in text and 'old' not in text, text
    accept(tree)
    tree.change('README', '2 of 7', '7 of 7')
    expect(tree, 'README is out of date')


def missing_standards_file_fails(tree):
    (tree.root / 'doc/STANDARDS.txt').unlink()
    expect(tree, 'STANDARDS.txt')


def missing_log_fails(tree):
    tree.write()
    (tree.root / 'test_x.log').unlink()
    expect(tree, 'test_x.log')


def run_all(tests):
    passed = failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(Tree(folder))
                passed += 1
            except AssertionError as problem:
                failed += 1
                print(f'FAILED {test.__name__}: {problem}')
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


HELPERS = ('expect', 'accept', 'run_all', 'with_older_document', 'with_draft')
TESTS = [f for n, f in list(globals().items())
         if callable(f) and getattr(f, '__module__', '') == __name__ and n not in HELPERS and n != 'Tree']

if __name__ == '__main__':
    sys.exit(run_all(TESTS))
